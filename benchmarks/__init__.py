"""The benchmarks: each module whose name does not begin with _ is a program.

One thread for everybody: matrices this small gain nothing from a second one, and where another
program keeps that one busy, waiting for it costs ten times the work. thecal's cohort says itself
how many it takes.
"""

import os

# Before NumPy is loaded, which reads them once.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
