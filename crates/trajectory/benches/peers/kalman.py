"""Makes tests/data/kalman.json: log-likelihood, level and its variance by statsmodels' Kalman filter, for one mode without rounding.

The bank takes ratings as intervals of width 1. Where the model's own standard deviations are 200,000 points, that width is nothing
(its part in the log-likelihood is about 1e-12 a rating), and the bank has to agree with any linear-Gaussian filter. So the cases
are models of that size, with one group (the others have weight 0) and one mode (the others are entered once in 1e300 days). The
ratings 1-9 are next to nothing then; what differs between the cases is what was expected of them: curve, memory, walks, days
missed, function.

    pip install numpy statsmodels
    python kalman.py
"""

import json
from pathlib import Path

import numpy as np
from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

SEED = 4_711
SCALE = 200_000.0
DAYS = 120
HERE = Path(__file__).resolve().parent.parent.parent
TAU = [8.0, 30.0, 100.0]


def case(random, with_function):
    """One model in the artifact's words, and a series."""
    root = random.normal(size=(5, 5)) * SCALE
    pain = random.integers(1, 10, DAYS)
    pain[random.random(DAYS) < 0.3] = -1
    function = np.where(random.random(DAYS) < 0.6, random.integers(1, 10, DAYS), -1) if with_function else np.full(DAYS, -1)
    return {
        "intake": None if random.random() < 0.5 else int(random.integers(0, 11)),
        "mean": (random.normal(size=5) * 0.7 * SCALE).tolist(),
        "cov": (root @ root.T / 5 + np.eye(5) * SCALE**2 / 4).tolist(),
        "baseline_obs_var": float(SCALE**2 * random.uniform(0.3, 1)),
        "sigma": float(SCALE * random.uniform(0.6, 2)),
        "rho": float(random.uniform(0.2, 0.8)),
        "phi": float(random.uniform(0.2, 0.9)),
        "q0": float((SCALE * random.uniform(0.02, 0.2)) ** 2),
        "lam": float(random.uniform(0.5, 1.1)),
        "bf": float(SCALE * random.normal()),
        "vbf": float(SCALE**2 * random.uniform(0.2, 1)),
        "kf": float(random.uniform(0.5, 1.2)),
        "pain": pain.tolist(),
        "function": function.tolist(),
    }


def curve(c):
    mean, cov = np.array(c["mean"]), np.array(c["cov"])
    if c["intake"] is None:
        return mean[:4], cov[:4, :4]
    s = cov[4, 4] + c["baseline_obs_var"]
    gain = cov[:4, 4] / s
    return mean[:4] + gain * (c["intake"] - mean[4]), cov[:4, :4] - np.outer(gain, cov[4, :4])


def by_statsmodels(c):
    """State c0..c3, u, b; two observations a day, of which any may be missing."""
    basis = np.array([[1.0, *np.exp(-day / np.array(TAU))] for day in range(DAYS)])
    design = np.zeros((2, 6, DAYS))
    design[0, :4], design[0, 4] = basis.T, 1.0
    design[1, :4], design[1, 4], design[1, 5] = c["lam"] * basis.T, 0.7 * c["lam"], 1.0
    memory = c["rho"] * c["sigma"] ** 2
    filter = KalmanFilter(k_endog=2, k_states=6, k_posdef=2)
    told = np.array([c["pain"], c["function"]], float)
    told[told < 0] = np.nan
    filter.bind(np.asfortranarray(told))
    filter["design"] = design
    filter["transition"] = np.diag([1, 1, 1, 1, c["phi"], 1.0])
    filter["selection"] = np.eye(6)[:, [0, 4]]
    filter["state_cov"] = np.diag([c["q0"], (1 - c["phi"] ** 2) * memory])
    filter["obs_cov"] = np.diag([(1 - c["rho"]) * c["sigma"] ** 2, (c["kf"] * c["sigma"]) ** 2])
    mean, cov = np.zeros(6), np.zeros((6, 6))
    mean[:4], cov[:4, :4] = curve(c)
    mean[5], cov[4, 4], cov[5, 5] = c["bf"], memory, c["vbf"]
    filter.initialize_known(mean, cov)
    filter.tolerance = 0
    done = filter.filter()
    level = np.array([*basis[-1], 0, 0])
    return {
        "log_likelihood": float(done.llf_obs.sum()),
        "level_mean": float(level @ done.filtered_state[:, -1]),
        "level_var": float(level @ done.filtered_state_cov[:, :, -1] @ level),
    }


def main():
    random = np.random.default_rng(SEED)
    cases = [case(random, with_function=number % 2 == 1) for number in range(8)]
    lines = ",\n".join(json.dumps(c | by_statsmodels(c)) for c in cases)
    (HERE / "tests/data/kalman.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
