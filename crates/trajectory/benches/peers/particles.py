"""Makes tests/data/particles.json: the posterior of the model's own equations (design, section 2.1) by a particle filter.

A particle is one history: course, personal standard deviation, flare profile, the mode of every day, and the value behind every
rating, drawn from the interval that the rating leaves. Given those, curve, deviation and lasting change are exactly normal and are
carried as such (Rao and Blackwell). So nothing is taken for a normal that is none and no modes are merged, which is what the bank
does. Independent runs are combined by their likelihoods; `spread` is the largest standard error between them.

A plain particle filter (8 runs of 400,000) agrees with it: P(lasting) within .015, but for the last days of patient 16 (.043), where runs
of either kind differ most.

    pip install numpy scipy
    python particles.py            # some minutes; seed and sizes stand below

Days begin at 0. Six series are golden.json's, virtual patients of a generator that is not this model, taken for their hard swings; six
are drawn from the model itself, half of them with a lasting change in the middle.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.special import ndtr, ndtri

SEED = 20_260_301
RUNS = 16
PARTICLES = 20_000
DAYS = 131
DRAWN_DAYS = 90
SERIES = ["patient 3", "patient 16", "patient 19", "patient 24", "patient 26", "patient 27"]
# A lasting change is tried at least this often and weighed back: it is rare, and it is what is asked.
TRIED = 0.03

HERE = Path(__file__).resolve().parent.parent.parent
PRIOR = json.loads((HERE / "artifact/prior.json").read_text())
P = PRIOR["params"]
# State: the four terms of the curve at their value today, the deviation u, the lasting change D.
KEEPS = np.array([1.0, *np.exp(-1 / np.array(PRIOR["tau"], float)), P["phi"], 1.0])
U, D = 4, 5


def start(random, intake, n):
    """Grid, course, deviation; the intake rating moves curve and class (2.2)."""
    chance, means, covs = [], [], []
    for weight, mean, cov in zip(PRIOR["weights"], PRIOR["mean_c0123_baseline"], PRIOR["cov"]):
        mean, cov = np.array(mean), np.array(cov)
        s = cov[4, 4] + PRIOR["baseline_obs_var"]
        gain = cov[:4, 4] / s
        chance.append(weight * np.exp(-0.5 * (intake - mean[4]) ** 2 / s) / np.sqrt(s))
        means.append(mean[:4] + gain * (intake - mean[4]))
        covs.append(cov[:4, :4] - np.outer(gain, cov[4, :4]))
    course = random.choice(2, n, p=np.array(chance) / np.sum(chance))
    variance = np.array(PRIOR["sigma_grid"])[random.choice(5, n, p=P["sigw"])] ** 2
    profile = np.array(P["prof"])[random.choice(2, n, p=[p[2] for p in P["prof"]])]
    x, p = np.zeros((n, 6)), np.zeros((n, 6, 6))
    x[:, :4], p[:, :4, :4], p[:, U, U] = np.array(means)[course], np.array(covs)[course], P["rho"] * variance
    return {"x": x, "p": p, "variance": variance, "starts": profile[:, 0], "ends": profile[:, 1], "mode": np.zeros(n, int)}


def chances(particles, day, n):
    """Chance of each mode today, given yesterday's."""
    a = np.zeros((n, 3))
    if day == 0:
        a[:, 0] = 1.0
        return a
    mode, starts, ends = particles["mode"], particles["starts"], particles["ends"]
    calm, flare, lasting = mode == 0, mode == 1, mode == 2
    a[calm] = np.stack([1 - starts - P["p_cd"], starts, np.full(n, P["p_cd"])], axis=1)[calm]
    a[flare] = np.stack([ends, 1 - ends - P["p_fd"], np.full(n, P["p_fd"])], axis=1)[flare]
    a[lasting] = [P["p_dc"], 0.0, 1 - P["p_dc"]]
    return a


def passes(particles):
    """A day for all but the lasting change."""
    particles["x"] = particles["x"] * KEEPS
    particles["p"] = particles["p"] * KEEPS[:, None] * KEEPS
    particles["p"][:, U, U] += (1 - P["phi"] ** 2) * P["rho"] * particles["variance"]
    particles["p"][:, 0, 0] += P["q0"]


def interval(rating, mean, s):
    """Bounds of a rating in standard deviations, mirrored where they lie above the mean: tails keep their digits."""
    a = np.full_like(mean, -np.inf) if rating == 0 else (rating - 0.5 - mean) / s
    b = np.full_like(mean, np.inf) if rating == 10 else (rating + 0.5 - mean) / s
    mirror = a > 0
    return np.where(mirror, -b, a), np.where(mirror, -a, b), mirror


def run(random, intake, pain, n=PARTICLES):
    particles, weight, log_likelihood = start(random, intake, n), np.full(n, 1 / n), 0.0
    told = []
    for day, rating in enumerate(pain):
        if day > 0:
            passes(particles)
        x, p, was = particles["x"], particles["p"], particles["mode"]
        # Curve and deviation, and the lasting change as it is for who has one.
        mean, var = x[:, :D].sum(1), p[:, :D, :D].sum((1, 2))
        stays = was == 2
        mean_lasting = mean + np.where(stays, x[:, D], P["mD"]) + P["driftD"]
        var_lasting = var + np.where(stays, p[:, D, D] + 2 * p[:, D, :D].sum(1), P["vD"]) + P["qD"]
        noise = (1 - P["rho"]) * particles["variance"]
        means = np.stack([mean, mean + P["dl"], mean_lasting], axis=1)
        vs = np.stack([var, var + P["vl"], var_lasting], axis=1) + noise[:, None]
        joint = chances(particles, day, n)
        if rating >= 0:
            a, b, _ = interval(rating, means, np.sqrt(vs))
            joint = joint * (ndtr(b) - ndtr(a))
        likelihood = joint.sum(1)
        by_mode = weight @ joint
        log_likelihood += np.log(by_mode.sum())
        # One mode each: as likely as it is, the lasting change a little more often.
        share = joint / likelihood[:, None]
        tried = share.copy()
        may = (~stays) & (share[:, 2] > 0)
        tried[may] = (1 - TRIED) * share[may]
        tried[may, 2] += TRIED
        mode = (random.random(n)[:, None] > np.cumsum(tried, axis=1)).sum(1).clip(0, 2)
        every = np.arange(n)
        weight = weight * likelihood * share[every, mode] / tried[every, mode]
        weight = weight / weight.sum()
        # The lasting change of the mode that was drawn.
        lasting, enters = mode == 2, (mode == 2) & ~stays
        gone = ~(lasting & stays)
        x[gone, D], p[gone, D, :], p[gone, :, D] = 0.0, 0.0, 0.0
        x[enters, D], p[enters, D, D] = P["mD"], P["vD"]
        x[lasting, D] += P["driftD"]
        p[lasting, D, D] += P["qD"]
        particles["mode"] = mode
        if rating >= 0:
            # The value behind the rating, and what it says.
            m, v = means[every, mode], vs[every, mode]
            a, b, mirror = interval(rating, m, np.sqrt(v))
            low, high = ndtr(a), ndtr(b)
            z = ndtri(low + random.random(n) * (high - low))
            z = np.where(mirror, -z, z) * np.sqrt(v)
            h = p.sum(2)
            x += h * (z / v)[:, None]
            p -= h[:, :, None] * h[:, None, :] / v[:, None, None]
        curve = [0, 1, 2, 3, D]
        level, level_var = x[:, curve].sum(1), p[:, curve][:, :, curve].sum((1, 2))
        middle = weight @ level
        spread = weight @ (level_var + (level - middle) ** 2)
        told.append((by_mode[2] / by_mode.sum(), by_mode[1] / by_mode.sum(), middle, spread, log_likelihood))
        if 1 / (weight @ weight) < n / 2:
            places = (np.arange(n) + random.random()) / n
            kept = np.minimum(np.searchsorted(np.cumsum(weight), places), n - 1)
            particles = {name: values[kept] for name, values in particles.items()}
            weight = np.full(n, 1 / n)
    return np.array(told)


def drawn(random, changes):
    """Intake rating and pain of a history of the model's own, with or without a lasting change that begins on days 20 to 69."""
    while True:
        intake = int(random.integers(4, 11))
        one = start(random, intake, 1)
        c = random.multivariate_normal(one["x"][0, :4], one["p"][0, :4, :4])
        memory, noise = P["rho"] * one["variance"][0], (1 - P["rho"]) * one["variance"][0]
        u, d, mode, since, pain = random.normal() * np.sqrt(memory), 0.0, 0, None, []
        for day in range(DRAWN_DAYS):
            if day > 0:
                was, mode = mode, random.choice(3, p=chances(one | {"mode": np.array([mode])}, day, 1)[0])
                if mode == 2:
                    d = d if was == 2 else random.normal(P["mD"], np.sqrt(P["vD"]))
                    d += random.normal(P["driftD"], np.sqrt(P["qD"]))
                else:
                    d = 0.0
                since = day if mode == 2 and since is None else since
                u = P["phi"] * u + random.normal() * np.sqrt((1 - P["phi"] ** 2) * memory)
                c = c * KEEPS[:4]
                c[0] += random.normal() * np.sqrt(P["q0"])
            flare = random.normal(P["dl"], np.sqrt(P["vl"])) if mode == 1 else 0.0
            z = c.sum() + u + d + flare + random.normal() * np.sqrt(noise)
            pain.append(int(np.clip(np.ceil(z - 0.5), 0, 10)) if random.random() < 0.7 else -1)
        if (since is not None and 20 <= since < 70) == changes:
            return intake, pain


def combined(runs):
    """Runs weigh as their likelihoods do."""
    likelihood = runs[:, :, 4]
    top = likelihood.max(axis=0)
    share = np.exp(likelihood - top)
    log_likelihood = top + np.log(share.mean(axis=0))
    share /= share.sum(axis=0)
    values = (share[:, :, None] * runs[:, :, :4]).sum(axis=0)
    values[:, 3] += (share * (runs[:, :, 2] - values[:, 2]) ** 2).sum(axis=0)
    spread = np.sqrt(((share**2)[:, :, None] * (runs[:, :, :4] - values) ** 2).sum(axis=0))
    return values, log_likelihood, spread


def made(number, name, intake, pain):
    runs = np.array([run(np.random.default_rng([SEED, number, k]), intake, pain) for k in range(RUNS)])
    values, log_likelihood, spread = combined(runs)
    print(name, "P(lasting) up to", values[:, 0].max().round(3), "spread", spread[:, 0].max().round(4), file=sys.stderr)
    return {
        "name": name,
        "baseline": intake,
        "pain": pain,
        "p_lasting": [round(float(v), 5) for v in values[:, 0]],
        "p_flare": [round(float(v), 5) for v in values[:, 1]],
        "level_mean": [round(float(v), 5) for v in values[:, 2]],
        "level_var": [round(float(v), 5) for v in values[:, 3]],
        "log_likelihood": [round(float(v), 4) for v in log_likelihood],
        "spread": [round(float(spread[:, i].max()), 5) for i in range(3)],
    }


def series():
    golden = {one["name"]: one for one in json.loads((HERE / "tests/data/golden.json").read_text())}
    told = [(name, golden[name]["baseline"], golden[name]["pain"][:DAYS]) for name in SERIES]
    for number in range(6):
        changes = number % 2 == 1
        told.append((f"drawn {number}", *drawn(np.random.default_rng([SEED, 99, number]), changes)))
    return told


def main():
    lines = ",\n".join(json.dumps(made(number, *one), separators=(",", ":")) for number, one in enumerate(series()))
    about = {"made_by": "benches/peers/particles.py", "seed": SEED, "runs": RUNS, "particles": PARTICLES}
    (HERE / "tests/data/particles.json").write_text(f'{{"about":{json.dumps(about)},"series":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
