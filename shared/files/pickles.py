"""Telling a pickle without ever loading it."""

import pickletools
from typing import BinaryIO

_RUNS_CODE = frozenset({"GLOBAL", "STACK_GLOBAL", "INST", "OBJ", "REDUCE", "NEWOBJ", "NEWOBJ_EX", "BUILD"})
_OPCODES_READ = 1024 * 1024


def is_pickle(file: BinaryIO) -> bool:
    """True for protocols 2 to 5 by their first bytes (torch's old format is one), and for the textual protocols 0
    and 1 where the whole file is a sequence of opcodes that ends in STOP and would import or call something.
    """
    file.seek(0)
    head = file.read(2)
    if len(head) == 2 and head[0] == 0x80 and 1 <= head[1] <= 5:
        return True
    file.seek(0)
    calls = False
    try:
        for opcode, _, position in pickletools.genops(file):
            calls = calls or opcode.name in _RUNS_CODE
            if position is not None and position > _OPCODES_READ:
                return True  # no text of a person is a million opcodes long
    except Exception:  # whatever it stumbles over, the bytes are no pickle
        return False
    return calls
