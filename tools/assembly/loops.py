"""The natural loops of a function: basic blocks, dominators, back edges, nesting.

A back edge leads to a block that dominates it; its loop is what reaches it without passing that
header. Loops with one header are one loop. Nothing here knows an instruction set but by the names
of its jumps.
"""
import re
from dataclasses import dataclass, field

_RETURN = re.compile(r"^(ret|retq|ud2|hlt|br|eret|udf|brk)$")
_ALWAYS = re.compile(r"^(jmp|b)$")
_PADDING = re.compile(r"^(nop\w*|data16|cs|xchg)$")
_BRANCH = re.compile(r"^(j[a-z]+|b\.\w+|b|cbn?z|tbn?z|loop\w*)$")


@dataclass(eq=False)
class Block:
    instructions: list
    successors: list = field(default_factory=list)
    predecessors: list = field(default_factory=list)
    order: int = -1  # in reverse postorder
    dominator: object = None


@dataclass(eq=False)
class Loop:
    header: Block
    latches: list
    blocks: set
    children: list = field(default_factory=list)

    def own_blocks(self):
        """The blocks that are in no nested loop, in the order of execution."""
        nested = set().union(*(child.blocks for child in self.children))
        return sorted(self.blocks - nested, key=lambda block: block.order)

    def every_iteration(self, block):
        return all(dominates(block, latch) for latch in self.latches)

    @property
    def address(self):
        return self.header.instructions[0].address


def is_branch(instruction):
    return bool(_BRANCH.match(instruction.mnemonic))


def build_blocks(instructions):
    addresses = {instruction.address for instruction in instructions}
    targets = {i.target for i in instructions if is_branch(i) and i.target in addresses}
    blocks, starts = [], {}
    for instruction in instructions:
        last = blocks[-1].instructions[-1] if blocks else None
        if (last is None or instruction.address in targets or is_branch(last)
                or _RETURN.match(last.mnemonic)):
            blocks.append(Block([]))
            starts[instruction.address] = blocks[-1]
        blocks[-1].instructions.append(instruction)
    for block, following in zip(blocks, blocks[1:] + [None]):
        last = block.instructions[-1]
        if is_branch(last) and last.target in starts:
            block.successors.append(starts[last.target])
        falls_through = not _ALWAYS.match(last.mnemonic) and not _RETURN.match(last.mnemonic)
        if falls_through and following and following not in block.successors:
            block.successors.append(following)
        for successor in block.successors:
            successor.predecessors.append(block)
    return blocks


def _postorder(root, seen):
    order, stack = [], [(root, iter(root.successors))]
    seen.add(root)
    while stack:
        block, successors = stack[-1]
        fresh = next((s for s in successors if s not in seen), None)
        if fresh:
            seen.add(fresh)
            stack.append((fresh, iter(fresh.successors)))
        else:
            order.append(block)
            stack.pop()
    return order


def _reverse_postorder(blocks):
    """From a root of its own that leads to the entry and to what only a jump table can reach.
    Padding is neither, though it would fall into the next loop: it goes, with its edges."""
    root, seen, order = Block([]), set(), []
    through_table = any(is_branch(b.instructions[-1]) and b.instructions[-1].target < 0 and
                        not b.instructions[-1].relocation for b in blocks)
    for block in blocks:
        padding = all(_PADDING.match(i.mnemonic) for i in block.instructions)
        if block is blocks[0] or (through_table and block not in seen and not padding):
            root.successors.append(block)
            order += _postorder(block, seen)
    for block in order:
        block.predecessors = [p for p in block.predecessors if p in seen]
    for block in root.successors:
        block.predecessors.append(root)
    return [root] + order[::-1]


def find_dominators(blocks):
    """Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm", 2001. Returns the blocks
    that can run."""
    order = _reverse_postorder(blocks)
    root = order[0]
    for number, block in enumerate(order):
        block.order = number
    root.dominator = root
    changed = True
    while changed:
        changed = False
        for block in order[1:]:
            known = [p for p in block.predecessors if p.dominator]
            new = known[0]
            for other in known[1:]:
                while new is not other:
                    if new.order > other.order:
                        new = new.dominator
                    else:
                        other = other.dominator
            if new is not block.dominator:
                block.dominator, changed = new, True
    return order[1:]


def dominates(above, block):
    while block.order > above.order:
        block = block.dominator
    return block is above


def find_loops(blocks):
    """All loops, an inner one before those around it."""
    latches = {}
    for block in find_dominators(blocks):
        for successor in block.successors:
            if dominates(successor, block):
                latches.setdefault(successor, []).append(block)
    loops = []
    for header, ends in latches.items():
        body, work = {header}, list(ends)
        while work:
            block = work.pop()
            if block not in body:
                body.add(block)
                work.extend(block.predecessors)
        loops.append(Loop(header, ends, body))
    loops.sort(key=lambda loop: (len(loop.blocks), loop.address))
    for i, loop in enumerate(loops):
        around = next((o for o in loops[i + 1:] if loop.header in o.blocks), None)
        if around:
            around.children.append(loop)
    return loops


def reachable(loop):
    """The blocks that can run after the loop has begun."""
    return set(_postorder(loop.header, set()))
