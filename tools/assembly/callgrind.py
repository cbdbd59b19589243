"""What callgrind counted in one evaluation: instructions by function, and by address.

Reads a dump made with --dump-instr=yes --compress-pos=no --compress-strings=no. The number of times
that an instruction ran is its cost in instructions.
"""
from collections import Counter


def read_dump(path):
    """(total, {(object, function): instructions of its own}, {(object, address): times run})"""
    functions, addresses = Counter(), Counter()
    object_file = function = ""
    called = False
    with open(path) as file:
        for line in file:
            if line.startswith("ob="):
                object_file = line[3:].strip()
            elif line.startswith("fn="):
                function = line[3:].strip()
            elif line.startswith("calls="):
                called = True  # the next line is what the callee cost
            elif line.startswith("0x"):
                if not called:
                    address, _, cost = line.split()
                    functions[object_file, function] += int(cost)
                    addresses[object_file, int(address, 16)] += int(cost)
                called = False
    return sum(functions.values()), functions, addresses
