"""Drugs that do not exist, so that no test leans on the figures of one that does."""

from __future__ import annotations

from pathlib import Path

from thecal.formulary import Formulary, load_formulary

_DRUG = """\
id = "{name}"
name = "{name}"

[sources]
label = "label of {name}"
rumour = "rumour about {name}"

[roles]
product_strengths = ["weak", "strong"]
highest_concentration = ["strong"]
highest_daily_dose = ["advised", "highest"]
stability = "stability"

[roles.start_dose]
naive = "start"

[figures.weak]
label = "weak {name}"
value = {weak}
unit = "mg/mL"
source = "label"
confidence = "high"

[figures.strong]
label = "strongest {name}"
value = {strong}
unit = "mg/mL"
source = "label"
confidence = "high"

[figures.advised]
label = "advised daily dose of {name}"
value = {advised}
unit = "mg/day"
source = "rumour"
confidence = "low"

[figures.highest]
label = "highest daily dose of {name}"
value = {highest}
unit = "mg/day"
source = "label"
confidence = "high"

[figures.stability]
label = "days that {name} keeps"
value = 60
unit = "day"
source = "label"
confidence = "high"

[figures.start]
label = "start dose of {name}"
low = 0.1
high = 1
unit = "mg/day"
source = "label"
confidence = "high"
"""


def formulary_of(folder: Path, **drugs: dict[str, float]) -> Formulary:
    """Return made-up drugs, each with weak and strong (mg/mL), advised and highest (mg/day)."""
    for name, figures in drugs.items():
        text = _DRUG.format(name=name, **figures)
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return load_formulary(folder)
