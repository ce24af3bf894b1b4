// Runs a program that was built for wasm32-unknown-unknown; it traps when what it asserts does not hold.
import { readFile } from 'node:fs/promises';

const [file] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(await readFile(file), {});
try {
    instance.exports.main(0, 0);
} catch (trap) {
    console.error(`${file}: ${trap}`);
    process.exit(1);
}
