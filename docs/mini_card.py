"""Writes the tables of the model card of prodgen-mini from the weights in the package and a report of `prodgen eval assets --out DIR`.

sha256sum *.safetensors > SHA256SUMS          # in prodgen_mini/weights, after new weights were put there
python docs/mini_card.py DIR/assets.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from prodgen_mini import weights

CARD = Path(__file__).parents[1] / "plugins" / "prodgen-mini" / "MODEL_CARD.md"
PARTS: tuple[weights.Part, ...] = ("codec", "vae", "gan", "diffusion", "reranker")
_LEFT_OUT = (
    "codec",
    "vae",
    "gan",
    "begin",
    "pictures",
    "threads",
    "checkpoint_every",
    "sample_every",
    "patience",
)
_METRICS = {
    "pattern_accuracy": "pattern named right",
    "colour_delta_e": "colour difference, CIE 1976",
    "kernel_distance": "kernel distance",
    "joint_kernel_distance": "the same with what was asked",
    "diversity": "diversity of seeds",
    "memorisation_ratio": "distance to training, held-out = 1",
    "near_copies": "share nearer than 5 % of held-out",
    "conditional_psnr_db": "foreground PSNR of renders, dB",
    "conditional_measured_psnr_db": "the same where width, depth and height are stated",
}


def main() -> None:
    """Rewrites what stands between the markers."""
    from prodgen_mini.training import codec, diffusion, gan, reranker, vae

    recipes: dict[str, Any] = {
        "codec": codec.CodecRecipe(), "vae": vae.VaeRecipe(), "gan": gan.GanRecipe(), "diffusion": diffusion.DiffusionRecipe(),
        "reranker": reranker.RerankerRecipe(),
    }  # fmt: skip
    found = {part: weights.read(part) for part in PARTS}
    files = ["| file | parameters | bytes | sha256 |", "|---|---|---|---|"]
    commands = []
    for part, item in found.items():
        size = (weights.SHIPPED / f"{part}.safetensors").stat().st_size
        count = sum(value.numel() for value in item.tensors.values())
        files.append(f"| `{part}.safetensors` | {count:,} | {size:,} | `{item.digest}` |")
        commands.append(_command(part, item.facts, recipes[part].model_dump(mode="json")))
    sections = {"files": "\n".join(files), "recipe": "```sh\n" + "\n".join(commands) + "\n```"}
    if len(sys.argv) > 1:
        sections["figures"] = _figures(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    text = CARD.read_text("utf-8")
    for name, body in sections.items():
        before, marker, rest = text.partition(f"<!-- {name} -->\n")
        text = before + marker + body + f"\n<!-- /{name} -->" + rest.partition(f"<!-- /{name} -->")[2]
    CARD.write_text(text, "utf-8")


def _command(part: str, facts: Any, usual: dict[str, Any]) -> str:
    given = {
        "vae": ("codec",), "gan": ("codec", "begin"), "diffusion": ("codec", "vae"), "reranker": ("codec", "vae", "gan"),
    }.get(part, ())  # fmt: skip
    made = {"begin": "vae"}
    paths = [f"-o {key}=runs/{made.get(key, key)}/{made.get(key, key)}.safetensors" for key in given]
    changed = [
        f"-o {key}={value}"
        for key, value in facts["recipe"].items()
        if key not in _LEFT_OUT and value != usual.get(key)
    ]
    steps = facts["steps"]
    note = f"   # {steps} of {facts['recipe']['steps']} steps" if steps != facts["recipe"]["steps"] else ""
    return " ".join([f"prodgen train {part} --data assets --out runs/{part}", *paths, *changed]) + note


def _figures(report: dict[str, Any]) -> str:
    systems = [name for name in (*PARTS[1:], "table", "nearest") if f"{name}_kernel_distance" in report]
    rows = [
        f"| {report['products']} test products with artwork | {' | '.join(systems)} | true designs |",
        "|---" * (len(systems) + 2) + "|",
    ]
    true = {
        "pattern_accuracy": "true_pattern_accuracy", "kernel_distance": "true_kernel_distance", "near_copies": "fresh_near_copies",
    }  # fmt: skip
    for key, label in _METRICS.items():
        cells = [_cell(report, f"{name}_{key}") for name in systems]
        rows.append(f"| {label} | {' | '.join(cells)} | {_cell(report, true[key]) if key in true else '–'} |")
    if "vae_reconstruction_psnr_db" in report:
        rows += [
            "",
            f"Reconstruction by the VAE, rendered, on the foreground: {_cell(report, 'vae_reconstruction_psnr_db')} dB. "
            "True designs of which nothing but the proportions is unknown, drawn with middle ones: "
            f"{_cell(report, 'middle_proportions_psnr_db')} dB, and {_cell(report, 'middle_proportions_measured_psnr_db')} dB where sides are stated.",
        ]
    return "\n".join(rows)


def _cell(report: dict[str, Any], key: str) -> str:
    if key not in report:
        return "–"
    value = f"{report[key]:.3g}"
    return f"{value} [{report[f'{key}_low']:.3g}, {report[f'{key}_high']:.3g}]" if f"{key}_low" in report else value


if __name__ == "__main__":
    main()
