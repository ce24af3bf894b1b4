//! Which rows does a table have?
//!
//! Bytes, not text: one line that is not UTF-8 must not hide the others. And a quote that is opened and never closed must not
//! swallow the rows behind it: where a cell that is read runs over a line's end, that line alone is broken, and reading goes on
//! at the next.

use csv::{ByteRecord, ReaderBuilder};

/// What a row should look like.
pub struct Shape {
    /// How many cells.
    pub width: usize,
    /// The places of cells that are read.
    pub read: Vec<usize>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What it says, without blanks around it; what is not UTF-8 shows as `�`.
    pub text: String,
    /// Whether all of it was UTF-8.
    pub is_utf8: bool,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line of the file, from 1.
    pub line: usize,
    /// Its cells.
    pub cells: Vec<Cell>,
    /// What is wrong with the row as a whole.
    pub broken: Option<String>,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The names of the columns, and where the rows begin.
pub fn header(bytes: &[u8], delimiter: u8) -> Result<(Vec<String>, usize), String> {
    let start = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    let start = start + blank(bytes.get(start..).unwrap_or_default());
    let (record, length) = first(bytes.get(start..).unwrap_or_default(), delimiter, true).ok_or("the table is empty")?;
    let cells = cells(&record);
    if let Some(cell) = cells.iter().find(|cell| !cell.is_utf8) {
        return Err(format!("line 1: the header is not UTF-8 text (`{}`); save the table as CSV UTF-8", cell.text));
    }
    let names: Vec<String> = cells.into_iter().map(|cell| cell.text).collect();
    if names.len() == 1 && names.iter().any(|name| name.contains([';', '\t'])) {
        return Err("line 1: the columns are not separated by commas; say `delimiter = \";\"` in a map (--map)".to_string());
    }
    for (place, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(format!("line 1: column {} has no name", place + 1));
        }
        if names.iter().take(place).any(|other| other == name) {
            return Err(format!("line 1: the column `{name}` stands there twice"));
        }
    }
    Ok((names, start + length))
}

/// The rows from `start` on. Empty lines are none.
pub fn rows(bytes: &[u8], start: usize, delimiter: u8, shape: &Shape) -> Vec<Row> {
    let mut rows = vec![];
    let mut lines = Lines { bytes, counted: 0, line: 1 };
    let mut at = start;
    while at < bytes.len() {
        at = run(bytes, at, delimiter, shape, &mut lines, &mut rows);
    }
    rows
}

/// Reads rows until the end, or until one has to be read alone; where to go on.
fn run(bytes: &[u8], from: usize, delimiter: u8, shape: &Shape, lines: &mut Lines, rows: &mut Vec<Row>) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(rest);
    let mut record = ByteRecord::new();
    loop {
        let begun = usize::try_from(reader.position().byte()).unwrap_or(rest.len());
        let begun = begun + blank(rest.get(begun..).unwrap_or_default());
        if begun >= rest.len() {
            return bytes.len();
        }
        let read = reader.read_byte_record(&mut record).unwrap_or(false);
        let ended = usize::try_from(reader.position().byte()).unwrap_or(rest.len());
        let line = lines.of(from + begun);
        let cells = cells(&record);
        if !read || spreads(&cells, shape) {
            let alone = rest.get(begun..).map_or(0, |rest| rest.iter().position(is_line_end).unwrap_or(rest.len()));
            rows.push(alone_on_its_line(rest.get(begun..begun + alone).unwrap_or_default(), delimiter, line));
            return from + begun + alone;
        }
        rows.push(Row { line, cells, broken: None });
        if ended >= rest.len() {
            return bytes.len();
        }
    }
}

/// Whether a quote may have swallowed rows: a cell that is read, or any cell of a row of the wrong width, holds a line's end.
fn spreads(cells: &[Cell], shape: &Shape) -> bool {
    let matters = |place: usize| cells.len() != shape.width || shape.read.contains(&place);
    cells.iter().enumerate().any(|(place, cell)| matters(place) && cell.text.contains(['\n', '\r']))
}

fn alone_on_its_line(line: &[u8], delimiter: u8, number: usize) -> Row {
    let cells = first(line, delimiter, false).map_or(vec![], |(record, _)| cells(&record));
    let unquoted = |cell: Cell| Cell { text: cell.text.trim_matches('"').trim().to_string(), ..cell };
    Row {
        line: number,
        cells: cells.into_iter().map(unquoted).collect(),
        broken: Some("a quote is opened and not closed on its line".to_string()),
    }
}

fn first(bytes: &[u8], delimiter: u8, quoting: bool) -> Option<(ByteRecord, usize)> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).quoting(quoting).from_reader(bytes);
    let mut record = ByteRecord::new();
    let read = reader.read_byte_record(&mut record).ok()?;
    read.then(|| (record, usize::try_from(reader.position().byte()).unwrap_or(bytes.len())))
}

fn cells(record: &ByteRecord) -> Vec<Cell> {
    let cell = |bytes: &[u8]| Cell { text: String::from_utf8_lossy(bytes).trim().to_string(), is_utf8: std::str::from_utf8(bytes).is_ok() };
    record.iter().map(cell).collect()
}

fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// How many bytes of line ends stand first.
fn blank(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| is_line_end(byte)).count()
}

/// Counts lines as it goes forward.
struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, at: usize) -> usize {
        let passed = self.bytes.get(self.counted..at).unwrap_or_default();
        let ends = passed.iter().filter(|byte| **byte == b'\n').count();
        // A carriage return ends a line of its own unless a line feed follows.
        let old = passed.iter().zip(passed.iter().skip(1).chain([&0])).filter(|(byte, next)| **byte == b'\r' && **next != b'\n').count();
        self.line += ends + old;
        self.counted = at;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: fn() -> Shape = || Shape { width: 3, read: vec![0, 1] };

    fn read(text: &[u8]) -> Vec<(usize, Vec<String>, bool)> {
        let found = rows(text, 0, b',', &SHAPE());
        found.into_iter().map(|row| (row.line, row.cells.into_iter().map(|cell| cell.text).collect(), row.broken.is_some())).collect()
    }

    fn row(line: usize, cells: &[&str], broken: bool) -> (usize, Vec<String>, bool) {
        (line, cells.iter().map(|cell| cell.to_string()).collect(), broken)
    }

    #[test]
    fn lines_are_counted_over_every_kind_of_line_end() {
        assert_eq!(
            read(b"a,b,c\r\n\r\nd,e,f\r\ng,h,i"),
            [row(1, &["a", "b", "c"], false), row(3, &["d", "e", "f"], false), row(4, &["g", "h", "i"], false)]
        );
        assert_eq!(read(b"a,b,c\n\n\nd,e,f\n"), [row(1, &["a", "b", "c"], false), row(4, &["d", "e", "f"], false)]);
    }

    #[test]
    fn a_note_nobody_reads_may_run_over_several_lines() {
        assert_eq!(read(b"a,b,\"one\ntwo\"\nd,e,f\n"), [row(1, &["a", "b", "one\ntwo"], false), row(3, &["d", "e", "f"], false)]);
    }

    #[test]
    fn a_quote_that_is_never_closed_swallows_no_row() {
        assert_eq!(
            read(b"a,\"b,c\nd,e,f\ng,h,i\n"),
            [row(1, &["a", "b", "c"], true), row(2, &["d", "e", "f"], false), row(3, &["g", "h", "i"], false)]
        );
    }

    #[test]
    fn what_is_not_utf8_is_only_its_own_cell() {
        let found = rows(b"a,\xff,c\nd,e,f\n", 0, b',', &SHAPE());
        let utf8: Vec<Vec<bool>> = found.iter().map(|row| row.cells.iter().map(|cell| cell.is_utf8).collect()).collect();
        assert_eq!(utf8, [vec![true, false, true], vec![true, true, true]]);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_name() {
        assert_eq!(header(b"\xef\xbb\xbfpatient,at\n", b','), Ok((vec!["patient".to_string(), "at".to_string()], 14)));
        assert!(header(b"patient;at;revision\n", b',').is_err_and(|why| why.contains("delimiter")));
        assert!(header(b"patient,at,at\n", b',').is_err_and(|why| why.contains("twice")));
    }
}
