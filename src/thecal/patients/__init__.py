"""Virtual people: their bodies, their pain, their history and what becomes of them."""

from thecal.patients.pool import History, Pool, Route, make_pool

__all__ = ["History", "Pool", "Route", "make_pool"]
