"""What the same series cost in others' libraries. Reads series from standard input, prints one JSON object a peer.

Input: {"series": [[rating or -1, by day], …]}. Output: {"peer", "version", "us_per_day", "what", "alarms": [a series, …] or null}, or
{"peer", "missing"} where a package is not there. `benches/peers.rs` calls it; nothing of this ships.

    pip install numpy statsmodels filterpy river
"""

import importlib
import importlib.metadata
import json
import sys
import time

ROUNDS = 5


def timed(work, days):
    """Best of some rounds, microseconds a patient-day, and what the last round returned."""
    best, result = float("inf"), None
    for _ in range(ROUNDS):
        began = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - began)
    return best * 1e6 / days, result


def statsmodels(series, days):
    """Random walk and AR(1), as the bank's level and deviation: one Gaussian filter, compiled; parameters given."""
    import numpy as np
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    models = []
    for ratings in series:
        told = np.array(ratings, float)
        told[told < 0] = np.nan
        if not np.all(np.isnan(told)):
            models.append(UnobservedComponents(told, level="local level", autoregressive=1))
    # Irregular, level, deviation: variances; and the deviation's memory.
    params = [0.6, 0.0004, 0.5, 0.7]
    yield "UnobservedComponents.loglike", *timed(lambda: [m.loglike(params) for m in models], days), False
    # Once its covariances stand still it stops computing them, which a bank of unequal days cannot.
    for m in models:
        m.ssm.tolerance = 0
    yield "the same, covariances every day", *timed(lambda: [m.loglike(params) for m in models], days), False


def filterpy(series, days):
    """One filter with the bank's seven states, in numpy."""
    import numpy as np
    from filterpy.kalman import KalmanFilter

    keeps = np.exp(-1 / np.array([8.0, 30.0, 100.0]))

    def one(ratings):
        kf = KalmanFilter(dim_x=7, dim_z=1)
        kf.x = np.array([[2.0], [1.0], [3.0], [1.0], [0.0], [0.0], [0.0]])
        kf.F = np.diag([1, *keeps, 0.7, 1, 1])
        kf.H = np.array([[1.0, 1, 1, 1, 1, 1, 0]])
        kf.P = np.eye(7)
        kf.Q = np.diag([0.0004, 0, 0, 0, 0.3, 0.03, 0])
        kf.R = np.array([[0.5]])
        for rating in ratings:
            kf.predict()
            kf.update(None if rating < 0 else float(rating))

    yield "KalmanFilter, one filter of seven states", *timed(lambda: [one(ratings) for ratings in series], days), False


def river(series, days):
    """Change detectors on the raw ratings, with the library's own settings; a missing day is not there."""
    from river.drift import ADWIN, KSWIN, PageHinkley

    answered = [[float(rating) for rating in ratings if rating >= 0] for ratings in series]

    def alarms(make):
        counts = []
        for ratings in answered:
            detector, count = make(), 0
            for rating in ratings:
                detector.update(rating)
                count += detector.drift_detected
            counts.append(count)
        return counts

    for name, make in (
        ("PageHinkley, upwards", lambda: PageHinkley(mode="up")),
        ("PageHinkley, upwards, threshold 15", lambda: PageHinkley(mode="up", threshold=15.0)),
        ("ADWIN", ADWIN),
        ("ADWIN, delta .03", lambda: ADWIN(delta=0.03)),
        ("KSWIN", lambda: KSWIN(seed=1)),
    ):
        yield name, *timed(lambda make=make: alarms(make), days), True


def main():
    series = json.load(sys.stdin)["series"]
    days = sum(len(ratings) for ratings in series)
    for peer, work in (("statsmodels", statsmodels), ("filterpy", filterpy), ("river", river)):
        try:
            importlib.import_module(peer)
        except ImportError as error:
            print(json.dumps({"peer": peer, "missing": str(error)}), flush=True)
            continue
        version = importlib.metadata.version(peer)
        for what, us_per_day, result, counts in work(series, days):
            alarms = result if counts else None
            print(json.dumps({"peer": peer, "version": version, "us_per_day": us_per_day, "what": what, "alarms": alarms}), flush=True)


if __name__ == "__main__":
    main()
