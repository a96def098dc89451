"""Runs a command and writes what it took, its children included, as JSON.

usage: measure.py RESULT TIMEOUT COMMAND…   (output goes to RESULT.out, talk to RESULT.err)
"""
import json
import os
import resource
import signal
import subprocess
import sys
import time

result, timeout, command = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
with open(result + ".out", "wb") as out, open(result + ".err", "wb") as err:
    begun = time.perf_counter()
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
    )
    try:
        status = child.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        status = "timeout"
    wall = time.perf_counter() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
peak = used.ru_maxrss if sys.platform == "darwin" else used.ru_maxrss * 1024
with open(result, "w") as file:
    json.dump({"status": status, "wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": peak}, file)
