"""Tracking plans: formats in, one model (`auditor/model/plan.py`), formats out."""

from auditor.model.plan import PlanError
from auditor.plans.reading import read

__all__ = ["PlanError", "read"]
