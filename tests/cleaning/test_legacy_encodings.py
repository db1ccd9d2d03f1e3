"""Encodings of texts that are not UTF-8: a comment of a program is enough to tell them."""

# ruff: noqa: RUF001
from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.cleaning.steps.alphabets import CANDIDATES
from codekiln.cleaning.steps.legacy_encodings import guess

CODE = "def total(rows):\n    return sum(row.price * row.count for row in rows)  # {}\n"
COMMENTS = [
    ("cp1252", "Größe der Tabelle prüfen, sonst schlägt die Übertragung fehl"),
    ("cp1252", "vérifie la clé avant d'écrire, même si le fichier a déjà été fermé"),
    ("cp1252", "la función devuelve la dirección del último año"),
    ("cp1252", "não é possível abrir a ligação: verifique as opções"),
    ("cp1252", "så länge det går, försök igen på nästa rad"),
    ("cp1252", "© 2009 José Müller – all rights reserved"),
    ("cp1252", "the angle is 45° ± 2°"),
    ("cp1251", "проверить длину строки перед записью в файл"),
    ("cp1251", "перевірити чи існує файл і його розмір"),
    ("koi8_r", "проверить длину строки перед записью в файл"),
    ("cp866", "проверить длину строки перед записью в файл"),
    ("cp1250", "sprawdź długość łańcucha, zanim zostanie zapisany"),
    ("cp1250", "ověřit délku řetězce před zápisem do souboru"),
    ("iso8859_2", "sprawdź, czy ścieżka jest już zajęta"),
    ("cp1250", "ellenőrizd a szöveg hosszát, mielőtt írnál a fájlba, különben elvész a következő"),
    ("cp1253", "έλεγχος του μήκους της γραμμής πριν από την εγγραφή"),
    ("cp1254", "dosyayı yazmadan önce satır uzunluğunu kontrol et, değişiklik için şart"),
    ("cp1255", "בדיקת אורך השורה לפני כתיבה לקובץ"),
    ("cp1256", "تحقق من طول السطر قبل الكتابة في الملف"),
    ("cp874", "ตรวจสอบความยาวของข้อความก่อนเขียนลงไฟล์"),
    ("gb18030", "如果文件不存在则返回空列表"),
    ("gb18030", "初始化"),
    ("big5", "如果檔案不存在就傳回空的列表"),
    ("cp932", "ファイルが存在しない場合は空のリストを返す"),
    ("euc_jp", "ファイルが存在しない場合は空のリストを返す"),
    ("cp949", "파일이 없으면 빈 목록을 반환한다"),
    ("cp437", "╔══════════╗ ║ menu ║ ╚══════════╝"),
]


@pytest.mark.parametrize(("encoding", "comment"), COMMENTS)
def test_one_comment_tells_the_encoding(encoding: str, comment: str) -> None:
    text = CODE.format(comment)
    data = text.encode(encoding)
    found = guess(data)
    assert found is not None and data.decode(found) == text, found


@pytest.mark.parametrize(
    "data", [b"", b"x = 1\n", b"\xff\xfe\xff", b"x = '\xff\xfe\xfa'\n" * 9, Random(1).randbytes(900)]
)
def test_what_reads_as_nothing_has_no_encoding(data: bytes) -> None:
    assert guess(data) is None


@given(st.binary(max_size=200))
def test_what_is_guessed_can_be_read(data: bytes) -> None:
    found = guess(data)
    if found is not None:
        assert found in CANDIDATES
        data.decode(found)


@pytest.mark.parametrize(
    "unit", [b"\xe9", b"\xa4\xd6", b"a\xb9", b"\xe0\xe1\xe2 ", b"\x81\x40", b"\xc4\xcd\xcd\xbb\n", b"a"]
)
def test_the_beginning_tells_whatever_comes_after_it(unit: bytes) -> None:
    beginning = "проверить длину строки перед записью\n".encode("cp1251") * 300
    assert guess(beginning + unit * (65_536 // len(unit))) == "cp1251"
