"""How a standalone script plays the game: what the players minimise, and Algorithm 1.

A move is in two halves, as both players may look before either of them moves.
"""

from ganplay.config import RunConfig
from ganplay.export.script_nets import TURN
from ganplay.export.script_pieces import LOSSES, OPTIMIZERS, PENALTIES, indented
from ganplay.losses import LOSSES as GAMES

D = "discriminator({x})"
D_LATER = "call(discriminator, later, {x})"
"""How D is asked about points x: as it is, or with other weights."""

CLIP = """\
for weights in discriminator.parameters():
    weights.data.clamp_(-{clip}, {clip})  # which bounds D's slope
"""
AVERAGE = """\
for kept, weights in zip(average.parameters(), generator.parameters()):
    kept.data.lerp_(weights.data, max(1 - {ema}, 9 / (10 + step)))  # faster at first
"""
UNROLLED = """
def discriminator_loss(later, real, fake{portion}):
{loss}
    return loss_d

def unrolled(real, fake{portion}):  # D's weights after its next updates: G minds D's answers
    later, lr = dict(discriminator.named_parameters()), optimizer_d.param_groups[0]["lr"]
    state = [optimizer_d.state[w] for w in later.values()]
{start}
    for n in range(1, {last}):
        loss = discriminator_loss(later, real, fake{portion})
        slopes = torch.autograd.grad(loss, tuple(later.values()), create_graph=True)
{ahead}
        later = {{k: {updated} for (k, w), m in zip(later.items(), moves)}}
    return later
"""


def drawn(config: RunConfig, of_g: bool) -> dict[str, str]:
    """What a move of G or D draws: its name there, and the function that draws it."""
    blurred, unroll = config.aids.instance_noise > 0, config.aids.unroll > 0
    names = {"z": "draw_z"}
    if not of_g or GAMES[config.loss].paired or unroll:
        names["real"] = "draw_blurred" if blurred else "draw_real"
    if blurred:
        names["blur"] = "draw_blur"
    if "real" in names and config.penalty.name == "gp":
        names["portion" if unroll or not of_g else "_"] = "draw_portion"
    return names


def unrolling(config: RunConfig) -> str:
    """D's loss for other weights, and those that it will have some updates from now."""
    rule, clip = OPTIMIZERS[config.discriminator.optimizer], config.clip
    return UNROLLED.format(
        portion=_portion(config),
        loss=indented(_loss_of_d(config, D_LATER), 4),
        start=indented(rule.start, 4),
        last=config.aids.unroll + 1,
        ahead=indented(rule.ahead.format(**config.discriminator.model_dump()), 8),
        updated=f"(w - lr * m).clamp(-{clip}, {clip})" if clip else "w - lr * m",
    )


def loop(config: RunConfig, iterations: int) -> str:
    """Algorithm 1, with what else happens in an iteration."""
    g, d = config.generator, config.discriminator
    (d_looks, d_moves), (g_looks, g_moves) = _move_of_d(config), _move_of_g(config)
    if config.updates == "alternating":
        body = _times(d.steps, "_", d_looks + d_moves) + _times(g.steps, "_", g_looks + g_moves)
    else:
        most, halves = max(g.steps, d.steps), ""
        for net, half in ((d, d_looks), (g, g_looks), (d, d_moves), (g, g_moves)):
            halves += half if net.steps == most else _when(f"turn < {net.steps}", half, net.steps)
        body = "# Both look where the other stands now, before either moves\n"
        body += _times(most, "turn", halves)
    if g.ema:
        body += AVERAGE.format(ema=g.ema)
    said = []
    for player, net in (("d", d), ("g", g)):
        if net.steps:
            said.append(f"loss of {player.upper()} {{loss_{player}:.3f}}")
            body += f"pace_{player}.step()\n" if net.lr_decay == "linear" else ""
    body += _when("step % 100 == 0", f'print(f"iteration {{step}}: {", ".join(said)}")')
    head = f"for step in range({iterations}):  # Algorithm 1 of Goodfellow et al. 2014"
    return f"\n{head}\n{indented(body, 4)}\n"


def _move_of_d(config: RunConfig) -> tuple[str, str]:
    looks = f"# D's move: {LOSSES[config.loss].d_wants}\n{_points(config, of_g=False)}"
    if config.discriminator.spectral_norm:
        looks += TURN
    if config.aids.unroll:
        given = f"{{}}, real, fake{_portion(config)}"
        looks += f"loss_d = discriminator_loss({given})  # by its present weights\n"
    else:
        looks += _loss_of_d(config, D)
    moves = "optimizer_d.zero_grad()  # of what G's moves left in D\nloss_d.backward()\noptimizer_d.step()\n"
    return looks, moves + (CLIP.format(clip=config.clip) if config.clip else "")


def _move_of_g(config: RunConfig) -> tuple[str, str]:
    loss, d = LOSSES[config.loss], D
    looks = f"# G's move: {loss.g_wants}\n{_points(config, of_g=True)}"
    if config.aids.unroll:
        looks, d = f"{looks}later = unrolled(real, fake{_portion(config)})\n", D_LATER
    if GAMES[config.loss].paired:
        looks += _logits(d, "real", "fake")
    elif "fake =" in looks:
        looks += _logits(d, "fake")
    else:
        looks += "fake_logits = discriminator(generator(z))\n"
    looks += f"loss_g = {loss.g}\noptimizer_g.zero_grad()\nloss_g.backward()\n"
    return looks, "optimizer_g.step()\n"


def _points(config: RunConfig, of_g: bool) -> str:
    """The real and fake points of a move, as D sees them."""
    names, (size, *sides), pack = drawn(config, of_g), config.data.shape, config.aids.pack
    left = ", ".join(names) if len(names) > 1 else "(z,)"
    text = f"{left} = next(for_{'g' if of_g else 'd'})\n"
    if list(names) == ["z"] and pack == 1:
        return text  # D is asked about generator(z) at once
    blur = " + blur" if "blur" in names else ""
    text += (
        f"fake = generator(z){blur}\n"
        if of_g
        else f"fake = generator(z).detach(){blur}  # G stands still\n"
    )
    if pack > 1:
        shape = ", ".join(str(n) for n in (-1, pack * size, *sides))
        seen = ["real", "fake"] if "real" in names else ["fake"]
        packs = ", ".join(f"{name}.reshape({shape})" for name in seen)
        text += f"{', '.join(seen)} = {packs}  # D judges {pack} together\n"
    return text


def _logits(d: str, *names: str) -> str:
    asked = ", ".join(d.format(x=name) for name in names)
    return f"{', '.join(f'{name}_logits' for name in names)} = {asked}\n"


def _loss_of_d(config: RunConfig, d: str) -> str:
    """`loss_d`, of a D that is asked in this way."""
    text = f"{_logits(d, 'real', 'fake')}loss_d = {LOSSES[config.loss].d}\n"
    penalty, rule = PENALTIES[config.penalty.name], config.penalty
    if not penalty:
        return text
    often = f" * {rule.every}" if rule.every > 1 else ""  # where it has its turn less often
    slope = f"""\
(slope,) = torch.autograd.grad({d.format(x="x")}.sum(), x, create_graph=True)
loss_d += {rule.weight}{often} * {penalty.curve}
"""
    if len(penalty.where) == 1:
        slope = f"x = {penalty.where[0]}.requires_grad_()  # {penalty.wants}\n{slope}"
    else:
        slope = indented(f"x.requires_grad_()\n{slope}", 4)
        slope = f"for x in ({', '.join(penalty.where)}):  # {penalty.wants}\n{slope}\n"
    return text + (_when(f"step % {rule.every} == 0", slope) if often else slope)


def _portion(config: RunConfig) -> str:
    return ", portion" if config.penalty.name == "gp" else ""


def _when(condition: str, lines: str, often: int = 1) -> str:
    return f"if {condition}:\n{indented(lines, 4)}\n" if often else ""


def _times(count: int, name: str, lines: str) -> str:
    if count > 1:
        return f"for {name} in range({count}):\n{indented(lines, 4)}\n"
    return lines * count
