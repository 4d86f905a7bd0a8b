"""A course file, read: from TOML text to a checked :class:`~thecal.prescription.Course`."""

from __future__ import annotations

import re
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from thecal.devices import load_catheter, load_pump
from thecal.errors import InputError
from thecal.prescription import orders, schema
from thecal.prescription.checks.said import moment
from thecal.prescription.clock import typed, whole_seconds
from thecal.prescription.course import Course, Implant, OralMedicine, Patient
from thecal.prescription.doses import Dose
from thecal.prescription.faults import Fault
from thecal.prescription.lines import KeyPath, dotted, key_lines, line_of, path_of
from thecal.prescription.rhythm import DayPiece
from thecal.prescription.samples import MOST_SAMPLES, Sample, too_many
from thecal.prescription.sentences import UNKNOWN_KEY, toml_sentence
from thecal.prescription.wording import sentence_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from thecal.formulary import Formulary


def read_course(path: Path | str, formulary: Formulary | None = None) -> Course:
    """Return the course of a TOML file, checked.

    Parameters
    ----------
    path
        The file.
    formulary
        What is known of the drugs; the one that thecal ships when left out.

    Returns
    -------
    Course
        With the warnings of the checks in ``warnings``.

    Raises
    ------
    InputError
        When the file cannot be read, breaks the format, or a check refuses it; it names file,
        line, key, the value as typed, what is allowed and why.
    """
    file = Path(path)
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        msg = "the file is not UTF-8 text; save it as UTF-8"
        raise InputError(msg, source=file.name, line=line) from error
    except OSError as error:
        msg = f"the course file cannot be opened: {error.strerror or error}"
        raise InputError(msg, source=str(file)) from error
    return read_course_text(text, source=file.name, formulary=formulary)


def located(refusal: InputError, path: Path | str) -> InputError:
    """Return a refusal of a course with the file and the line of its field filled in.

    For what only shows when a course that was read is simulated, as a fault that its pump cannot
    have. A refusal that has its line already stays as it is.
    """
    file = Path(path)
    line = line_of(key_lines(file.read_text(encoding="utf-8")), path_of(refusal.field))
    return refusal.located(line=line, source=file.name) if line is not None else refusal


def read_course_text(text: str, *, source: str = "", formulary: Formulary | None = None) -> Course:
    """Return the course of a TOML text, checked; as :func:`read_course`.

    Parameters
    ----------
    text
        The TOML text.
    source
        What refusals call it, as a file's name.
    formulary
        What is known of the drugs; the one that thecal ships when left out.

    Raises
    ------
    InputError
        As :func:`read_course`.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        sentence, line = toml_sentence(str(error))
        raise InputError(sentence, source=source, line=line) from error
    lines = key_lines(text)
    try:
        return _course(_structured(raw, lines)).validated(formulary)
    except InputError as error:
        path = path_of(error.field)
        raise InputError(
            _with_typed(error.sentence, raw, path),
            field=error.field,
            line=line_of(lines, path),
            source=source,
        ) from error


def _structured(raw: Mapping[str, Any], lines: Mapping[KeyPath, int]) -> schema.CourseFile:
    try:
        return schema.CourseFile.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
        # An unknown key explains the missing one beside it; else the first in the file leads.
        first = min(
            details,
            key=lambda one: (one["type"] != UNKNOWN_KEY, line_of(lines, one["loc"]) or 0),
        )
        raise InputError(sentence_of(first), field=dotted(first["loc"])) from error


def _with_typed(sentence: str, raw: Mapping[str, Any], path: KeyPath) -> str:
    """Add the value as it was typed, where the sentence does not already show it."""
    value: Any = raw
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return sentence
    # Digit groups are printed with spaces; a quoted key shows that the key is what is wrong.
    said = re.sub(r"(?<=\d) (?=\d)", "", sentence)
    if isinstance(value, str) and value not in said and f'"{path[-1]}"' not in sentence:
        return f"{sentence} (typed: {typed(value)})"
    return sentence


@contextmanager
def _inside(prefix: str) -> Iterator[None]:
    """Put the place of a table before the field that one of its values complains of."""
    try:
        yield
    except InputError as error:
        name = f"{prefix}.{error.field}" if error.field else prefix
        raise InputError(error.sentence, field=name) from error


def _course(file: schema.CourseFile) -> Course:
    return Course(
        title=file.course.title,
        start=file.course.start,
        length_s=file.course.length,
        patient=_patient(file.patient),
        implant=_implant(file.implant) if file.implant is not None else None,
        prescriptions=tuple(
            _prescription(table, f"prescription[{index}]")
            for index, table in enumerate(file.prescription)
        ),
        refills=tuple(orders.Refill(table.at, table.volume, table.rinsed) for table in file.refill),
        oral=tuple(
            OralMedicine(
                drug=table.drug,
                form=table.form,
                dose=table.dose,
                every=table.every,
                established=table.established,
                stop_s=table.stop,
            )
            for table in file.oral
        ),
        doses=tuple(
            _dose(table, f"dose[{index}]", file.course.length)
            for index, table in enumerate(file.dose)
        ),
        samples=tuple(
            _sample(table, f"sample[{index}]", file.course.length)
            for index, table in enumerate(file.sample)
        ),
        faults=tuple(
            Fault(table.name, table.at, table.until, table.size or "") for table in file.fault
        ),
    )


def _patient(table: schema.PatientTable) -> Patient:
    return Patient(
        table.description,
        table.body,
        tuple(sorted(table.presses)),
        tuple(
            DayPiece(one.from_, one.posture, one.activity, one.csf_formation) for one in table.day
        ),
        table.saturable_uptake,
    )


def _implant(table: schema.ImplantTable) -> Implant:
    with _inside("implant.pump"):
        pump = load_pump(table.pump)
    with _inside("implant.catheter"):
        catheter = load_catheter(table.catheter)
    return Implant(
        pump=pump,
        catheter=catheter,
        implanted_length_cm=table.implanted_length,
        tip=table.tip,
        fill=table.fill,
        primed=table.primed,
        mixing_cells=table.mixing_cells,
    )


def _prescription(table: schema.PrescriptionTable, place: str) -> orders.Prescription:
    bridge = table.bridge
    return orders.Prescription(
        at_s=table.at,
        solution=orders.Solution(table.solution),
        pattern=_pattern(table, place),
        boluses=tuple(
            orders.Bolus(bolus.dose, bolus.duration, bolus.at, bolus.every) for bolus in table.bolus
        ),
        patient_bolus=(
            orders.PatientBolus(
                table.patient_bolus.dose,
                table.patient_bolus.duration,
                table.patient_bolus.lockout,
                table.patient_bolus.most_per_day,
            )
            if table.patient_bolus is not None
            else None
        ),
        bridge=(
            None
            if bridge is None
            else orders.Bridge(bridge.dose)
            if bridge.dose is not None
            else "none"
        ),
    )


def _pattern(table: schema.PrescriptionTable, place: str) -> orders.Pattern:
    if table.mode == "flex":
        if table.dose is not None:
            msg = 'mode "flex" takes its doses from the steps; leave this dose out'
            raise InputError(msg, field=f"{place}.dose")
        if not table.step:
            msg = 'mode "flex" needs steps; add [[prescription.step]] with days, from, to and dose'
            raise InputError(msg, field=f"{place}.mode")
        return orders.Flex(
            tuple(_step(step, f"{place}.step[{index}]") for index, step in enumerate(table.step))
        )
    if table.step:
        msg = f'mode "{table.mode}" has no steps; write mode = "flex" or leave the steps out'
        raise InputError(msg, field=f"{place}.step[0]")
    if table.mode == "simple continuous":
        if table.dose is None:
            msg = 'mode "simple continuous" needs a dose, as dose = "2 mg/day"'
            raise InputError(msg, field=f"{place}.mode")
        return orders.SimpleContinuous(table.dose)
    if table.dose is not None:
        msg = f'mode "{table.mode}" takes no dose; leave it out or write "simple continuous"'
        raise InputError(msg, field=f"{place}.dose")
    return orders.MinimumRate() if table.mode == "minimum rate" else orders.Stopped()


def _step(table: schema.StepTable, place: str) -> orders.FlexStep:
    with _inside(place):
        return orders.FlexStep(table.days, table.from_, table.to, table.dose)


def _dose(table: schema.DoseTable, place: str, length_s: int) -> Dose:
    every_s = None if table.every is None else whole_seconds(table.every)
    return Dose(
        drug=table.drug,
        route=table.route,
        site=table.site or "",
        amount=table.amount,
        at_s=table.at,
        over_s=0 if table.over is None else whole_seconds(table.over),
        every_s=every_s,
        count=_count(table, place, every_s, length_s),
    )


def _count(table: schema.DoseTable, place: str, every_s: int | None, length_s: int) -> int:
    if every_s is None:
        for name, value in (("times", table.times), ("until", table.until)):
            if value is not None:
                msg = f'"{name}" is for a dose that is repeated; add every, as every = "6 h"'
                raise InputError(msg, field=f"{place}.{name}")
        return 1
    if table.times is not None and table.until is not None:
        msg = '"times" and "until" both say when the repeat ends; leave one of them out'
        raise InputError(msg, field=f"{place}.until")
    if table.times is not None:
        return table.times
    if table.until is None:
        msg = (
            f"a dose every {moment(every_s)} has no end; add times, as times = 4, or until, as "
            'until = "24 h"'
        )
        raise InputError(msg, field=f"{place}.every")
    if table.until <= table.at:
        msg = (
            f"the repeat ends at {moment(table.until)}, not after the first dose at "
            f"{moment(table.at)}; times count from the start of the course"
        )
        raise InputError(msg, field=f"{place}.until")
    if table.until > length_s:
        msg = (
            f"the repeat goes on until {moment(table.until)}, but the course ends at "
            f"{moment(length_s)}; end it there or before"
        )
        raise InputError(msg, field=f"{place}.until")
    return len(range(table.at, table.until, every_s))


def _sample(table: schema.SampleTable, place: str, length_s: int) -> Sample:
    if table.times is not None and table.every is not None:
        msg = '"times" and "every" both say when; leave one of them out'
        raise InputError(msg, field=f"{place}.every")
    if table.every is not None:
        every_s = whole_seconds(table.every)
        times = range(0, length_s + 1, every_s)
        # Refused before the times are laid out, which would take the memory of a whole machine.
        if len(times) > MOST_SAMPLES:
            msg = f"with one every {moment(every_s)}, {too_many(len(times))}"
            raise InputError(msg, field=f"{place}.every")
        return Sample(table.site, tuple(times), table.drug)
    if not table.times:
        msg = 'a sample needs its times; write times = ["1 h", "4 h"] or every = "15 min"'
        raise InputError(msg, field=f"{place}.times" if table.times is not None else place)
    return Sample(table.site, tuple(table.times), table.drug)
