"""The register of accredited organisations as JSON lines and as XML, what is no certificate, and hostile XML."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from layout_grids import SHARED, needs_shared, only, records

from ingest.declarations import load_sources
from ingest.faults import FileFault
from ingest.grid import Table
from ingest.known import FixedKnown
from ingest.layouts import accreditation
from ingest.readers import read_grids
from ingest.settings import Limits

FOLDER = SHARED / "data" / "accreditation"
CERTIFICATE = {
    "IsFederal": False,
    "Id": "0059f461-0000-0000-0000-000000000001",
    "StatusName": "Действующее",
    "TypeName": None,
    "RegionName": "Лесной край",
    "RegionCode": "05",
    "RegNumber": "А007-00000-05/00000001",
    "IssueDate": "2014-06-20",
    "ControlOrgan": "Министерство образования Лесного края",
    "EduOrgFullName": "МБОУ «Барсуковская школа»",
    "EduOrgINN": "0548000001",
    "EduOrgOGRN": "1020500000001",
    "ActualEducationOrganization": {"Id": "не этот", "HeadName": "Барсуков Пахом"},
    "Supplements": [{"Id": "и не этот", "EducationalPrograms": [{"EduLevelName": "Начальное общее образование"}]}],
}
XML = """<?xml version="1.0" encoding="UTF-8"?>{doctype}
<OpenData><Certificates>
  <Certificate><IsFederal>0</IsFederal><Id>c-1</Id><StatusName>{status}</StatusName><RegionCode>05</RegionCode>
    <RegNumber>А007-1</RegNumber><IssueDate>2014-06-20</IssueDate><ControlOrgan>Министерство</ControlOrgan>
    <EduOrgFullName>МБОУ «Барсуковская школа»</EduOrgFullName><EduOrgINN>0548000001</EduOrgINN>
    <ActualEducationOrganization><Id>o-1</Id><HeadName>Барсуков Пахом</HeadName></ActualEducationOrganization>
    <Supplements><Supplement><Id>s-1</Id><EducationalPrograms><EducationalProgram><Id>p-1</Id></EducationalProgram></EducationalPrograms></Supplement>
      <Supplement><Id>s-2</Id></Supplement></Supplements>
    <Decisions><Decision><Id>d-1</Id></Decision></Decisions></Certificate>
  <Certificate><IsFederal>1</IsFederal><Id>c-2</Id><RegNumber>А007-2</RegNumber><EndDate>2030-01-01</EndDate></Certificate>
</Certificates></OpenData>"""


def read(path: Path) -> list[Table]:
    return accreditation.tables(read_grids(path, Limits()), load_sources()["accreditation"], FixedKnown())


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_certificates_as_json_lines(tmp_path: Path) -> None:
    second = CERTIFICATE | {"Id": "0059f461-0000-0000-0000-000000000002", "IsFederal": True, "EndDate": "2030-01-01", "StatusName": ""}
    table = only(read(written(tmp_path, "реестр.jsonl", "".join(json.dumps(line) + "\n" for line in (CERTIFICATE, second)))))
    assert table.layout == "accreditation"
    assert records(table, "_row", "certificate_id", "is_federal", "status", "issue_date", "end_date", "region_code", "inn", "ogrn") == [
        (1, "0059f461-0000-0000-0000-000000000001", "false", "Действующее", "2014-06-20", None, "05", "0548000001", "1020500000001"),
        (2, "0059f461-0000-0000-0000-000000000002", "true", None, "2014-06-20", "2030-01-01", "05", "0548000001", "1020500000001"),
    ]
    assert "Пахом" not in str(table.rows.to_dicts())


def test_certificates_as_xml(tmp_path: Path) -> None:
    table = only(read(written(tmp_path, "реестр.xml", XML.format(doctype="", status="Действующее"))))
    assert records(table, "_row", "certificate_id", "is_federal", "status", "registration_number", "issue_date", "end_date") == [
        (1, "c-1", "0", "Действующее", "А007-1", "2014-06-20", None),
        (2, "c-2", "1", None, "А007-2", None, "2030-01-01"),
    ]
    assert records(table, "organisation_name", "inn", "control_organ")[0] == ("МБОУ «Барсуковская школа»", "0548000001", "Министерство")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE OpenData [<!ENTITY steal SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE OpenData [<!ENTITY a "ха"><!ENTITY steal "&a;&a;&a;&a;">]>',
        '<!DOCTYPE OpenData SYSTEM "http://127.0.0.1:9/steal.dtd">',
    ],
)
def test_xml_with_declarations_of_its_own_is_refused(tmp_path: Path, doctype: str) -> None:
    with pytest.raises(FileFault) as fault:
        read(written(tmp_path, "реестр.xml", XML.format(doctype=doctype, status="&steal;" if "ENTITY" in doctype else "")))
    assert fault.value.reason == "unreadable_file"
    assert "root:" not in fault.value.message


def test_a_certificate_without_a_field_that_all_have(tmp_path: Path) -> None:
    line = {name: value for name, value in CERTIFICATE.items() if name != "RegNumber"}
    (table,) = read(written(tmp_path, "реестр.jsonl", json.dumps(line)))
    assert table.missing == ["RegNumber"]


def test_records_of_another_kind_are_not_certificates(tmp_path: Path) -> None:
    program = {"certificate_id": "c-1", "program": {"Id": "p-1", "ProgrammName": "Социология", "IsAccredited": True}}
    assert read(written(tmp_path, "программы.jsonl", json.dumps(program))) == []
    assert read(written(tmp_path, "таблица.csv", "ID;District;EDU_NAME\n1;район;школа\n")) == []


@needs_shared
def test_examples_of_the_real_register() -> None:
    found = {path.name: [table.rows.height for table in read(path)] for path in sorted(FOLDER.glob("*.jsonl"))}
    assert found == {
        "examples_certificate_line_3480_stub_educational_program.jsonl": [1],
        "examples_certificate_lines_StatusName_nullish.jsonl": [27],
        "examples_certificate_lines_edu_level_name_obschee_obrazovanie_sample.jsonl": [4],
        "examples_certificate_lines_edu_level_name_professionalnoe_obrazovanie_sample.jsonl": [1],
        "examples_certificate_lines_edu_level_name_professionalnoe_obuchenie_sample.jsonl": [1],
        "examples_certificate_sample_one_random_per_edu_level_name.jsonl": [],
        "examples_edu_programs_empty_EduLevelName.jsonl": [],
    }


@needs_shared
def test_the_published_structure_is_understood() -> None:
    table = only(read(FOLDER / "specs_xml_data-20160908-structure-20160713.xml"))
    declared = load_sources()["accreditation"].layouts["accreditation"].columns
    assert table.headers.keys() == declared.keys()
    assert records(table, "certificate_id", "inn") == [("Идентификатор свидетельства", "ИНН")]
