"""What a loop does with its data, and which loops are the hot ones.

DATA FMA: an FMA (or, on an ISA without, an add of a product) with a factor that was loaded in the
loop, from an address that moves from one iteration to the next. The FMAs of a polynomial,
whose factors are constants and results, are none: so a sigmoid is not taken for a kernel's loop.

A loop is a KERNEL LOOP if it has data FMAs, and no loop nested in it has half as many as it does
in every iteration.

It is a REMAINDER, not hot, if there is another kernel loop in the same case of a dispatch (one of
the two can run after the other; two cases of a dispatch never meet) that does more than twice as
many data FMAs, counted in elements, an iteration. All other kernel loops are HOT. (Rows left over
that are first copied to a fixed, padded place have no data FMAs by the definition above.)

Counted is what runs in every iteration, and the branches with data FMAs; a flush every 256th
iteration is neither.

SPILL: a load or store of a vector register at a constant place in the stack. No spill is an access
to an array, which the kernel put there on purpose: a place that the loop also indexes, takes the
address of, or accesses at several, overlapping offsets (a vector is stored, its elements are
loaded). RELOADS are counted apart: loads from a place that the loop never writes. Such a value is
computed once, and had no register: mostly a polynomial's constants, no dearer than from .rodata.
"""
from dataclasses import dataclass, field

from assembly.loops import build_blocks, find_loops, reachable
from assembly.operations import decode, frame_registers, is_call


@dataclass
class Product:
    """An FMA, or a multiply and the add of its product."""
    width: object  # bits, or "scalar"
    lanes: int
    apart: bool
    is_data: bool


@dataclass(eq=False)
class Facts:
    loop: object
    instructions: list  # those that are counted, in the order of execution
    products: list = field(default_factory=list)
    steady: int = 0  # elements of the data FMAs that every iteration does
    loads: int = 0  # of vector registers, not from the stack
    stores: int = 0
    spills: list = field(default_factory=list)
    reloads: list = field(default_factory=list)
    calls: list = field(default_factory=list)
    kernel: bool = False
    remainder: bool = False

    @property
    def hot(self):
        return self.kernel and not self.remainder

    @property
    def weight(self):
        return sum(p.lanes for p in self.products if p.is_data)

    def count(self, width=None, apart=None, is_data=None):
        return sum(width in (None, p.width) and apart in (None, p.apart) and
                   is_data in (None, p.is_data) for p in self.products)


class _Flow:
    """Follows values through a loop: whether they are data, products or moving addresses."""

    def __init__(self, operations, frame):
        self.frame = frame
        self.value = {}
        self.find_carried(operations)

    def stack_slot(self, memory):
        fixed = memory and memory.base in self.frame and not memory.index and memory.size
        return f"{memory.base}+{memory.offset}" if fixed else None

    def find_carried(self, operations):
        """What is read before it is written comes from the iteration before: it moves."""
        read_first, written = set(), set()
        for op in operations:
            slot = self.stack_slot(op.memory)
            reads = set(op.reads) | {op.memory and op.memory.base, op.memory and op.memory.index}
            if slot and (op.updates or not op.stores):
                reads.add(slot)
            read_first |= reads - written
            if not op.vector:
                written |= {slot, *op.writes} if op.stores else set(op.writes)
        self.value.update((name, "moving") for name in read_first & written if name)

    def loaded(self, op):
        """What a load brings: data, if its address moves; what was stored, from the stack."""
        slot = self.stack_slot(op.memory)
        if slot:
            return self.value.get(slot, "")
        moves = "moving" in (self.value.get(op.memory.base), self.value.get(op.memory.index))
        return "" if not moves else "data" if op.vector else "moving"

    def step(self, op):
        """None, or for an FMA, or the add that ends a pair of a multiply and an add, whether it is
        apart from its multiply, and whether it is a data FMA."""
        inputs = {r: self.value.get(r, "") for r in op.reads}
        if op.memory and (op.updates or not op.stores):
            inputs["memory"] = self.loaded(op)
        is_data = "data" in inputs.values()
        product = next((v for v in inputs.values() if v.startswith("product")), "")
        for target in op.writes + ([self.stack_slot(op.memory)] if op.stores else []):
            if target:
                self.value[target] = self.result(op, inputs, is_data, product)
        if op.kind == "fma":
            return False, any(inputs.get(f) == "data" for f in op.factors)
        return (True, product == "product of data") if op.kind == "add" and product else None

    def result(self, op, inputs, is_data, product):
        if not op.vector:
            return "moving" if "moving" in inputs.values() else ""
        if op.kind == "mul":
            return "product of data" if is_data else "product"
        if op.kind == "move":
            return "data" if is_data else product if len(inputs) == 1 else ""
        return ""


def _scan(loop, operations, frame):
    """Per own instruction what _Flow says of it; in two rounds, for what the first one leaves."""
    addresses = [i.address for block in loop.own_blocks() for i in block.instructions]
    flow = _Flow([operations[a] for a in addresses], frame)
    for _ in range(2):
        result = {a: flow.step(operations[a]) for a in addresses}
    return result


def _arrays(loop, operations, frame):
    """A function that says whether an access to the stack is one to an array."""
    touched, indexed = {}, []
    for block in loop.blocks:
        for instruction in block.instructions:
            memory = operations[instruction.address].memory
            if memory and memory.base in frame:
                if memory.index or not memory.size:
                    indexed.append((memory.base, memory.offset))
                else:
                    touched.setdefault(memory.base, set()).add((memory.offset, memory.size))

    def is_array(memory):
        begin, end = memory.offset, memory.offset + memory.size
        others = [o for o, size in touched[memory.base] if o < end and o + size > begin]
        return (any(o != begin for o in others) or
                any(base == memory.base and begin <= o < end for base, o in indexed))
    return is_array


def _count(facts, operations, scan, frame):
    is_array = _arrays(facts.loop, operations, frame)
    stored = {(op.memory.base, op.memory.offset) for op in
              (operations[i.address] for block in facts.loop.blocks for i in block.instructions)
              if op.stores and op.vector and not op.memory.index}
    for instruction in facts.instructions:
        op, done = operations[instruction.address], scan[instruction.address]
        if done:
            facts.products.append(Product(op.bits if op.lanes > 1 else "scalar", op.lanes, *done))
        if is_call(instruction):
            facts.calls.append(instruction)
        if not op.vector or not op.memory or not op.memory.size:
            continue
        if op.memory.base in frame and not op.memory.index and not is_array(op.memory):
            written = (op.memory.base, op.memory.offset) in stored
            (facts.spills if written else facts.reloads).append(instruction)
        elif op.stores:
            facts.stores += 1
        else:
            facts.loads += 1


def _nested(loop):
    return [inner for child in loop.children for inner in [child, *_nested(child)]]


def _facts_of(loop, operations, frame):
    scan = _scan(loop, operations, frame)

    def has_data(block):
        return any(scan[i.address] and scan[i.address][1] for i in block.instructions)

    counted = [block for block in loop.own_blocks()
               if loop.every_iteration(block) or has_data(block)]
    facts = Facts(loop, [i for block in counted for i in block.instructions])
    facts.steady = sum(operations[i.address].lanes for block in counted
                       if loop.every_iteration(block) for i in block.instructions
                       if scan[i.address] and scan[i.address][1])
    _count(facts, operations, scan, frame)
    return facts


def _mark_remainders(kernels):
    after = {facts: reachable(facts.loop) for facts in kernels}
    for small in kernels:
        for big in kernels:
            together = small.loop.header in after[big] or big.loop.header in after[small]
            small.remainder |= together and 2 * small.weight < big.weight


def loop_facts(function, machine, vector_bytes=16):
    """The facts of a function's loops, by address; `vector_bytes`: of SVE's registers."""
    operations = {i.address: decode(i, machine, vector_bytes) for i in function.instructions}
    frame = frame_registers(function.instructions, machine)
    loops = find_loops(build_blocks(function.instructions))
    facts = {loop: _facts_of(loop, operations, frame) for loop in loops}
    for loop, f in facts.items():
        f.kernel = f.weight > 0 and all(not facts[inner].weight or
                                        2 * facts[inner].weight <= f.steady
                                        for inner in _nested(loop))
    _mark_remainders([f for f in facts.values() if f.kernel])
    return sorted(facts.values(), key=lambda f: f.loop.address)
