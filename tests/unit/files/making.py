"""Model files built byte by byte, valid and lying."""

import io
import json
from typing import Any

NEKO_METADATA = {
    "ss_base_model_version": "sdxl_base_v1-0",
    "ss_network_module": "networks.lora",
    "ss_network_dim": "32",
    "ss_network_alpha": "16.0",
    "ss_output_name": "neko_style",
    "ss_sd_model_name": "C:\\Users\\zhang\\models\\base.safetensors",
    "ss_dataset_dirs": json.dumps({"10_neko": {"n_repeats": 10, "img_count": 30}}),
    "ss_tag_frequency": json.dumps({"10_neko": {"nekogirl": 30, "cat ears": 28, "smile": 9}}),
    "ss_num_train_images": "300",
    "ss_num_epochs": "10",
    "ss_steps": "3000",
    "ss_resolution": "(1024, 1024)",
    "ss_optimizer": "bitsandbytes.optim.adamw.AdamW8bit(weight_decay=0.1)",
    "ss_learning_rate": "0.0001",
    "ss_seed": "42",
    "ss_training_started_at": "1700000000.5",
    "ss_training_finished_at": "None",
}


def with_header(header: bytes, body: bytes = b"", length: int | None = None) -> bytes:
    return (len(header) if length is None else length).to_bytes(8, "little") + header + body


def model_file(
    tensors: dict[str, tuple[str, list[int], int]],
    metadata: dict[str, str] | None = None,
    body: bytes | None = None,
) -> bytes:
    """A file of tensors {name: (dtype, shape, bytes)} in this order."""
    table: dict[str, Any] = {} if metadata is None else {"__metadata__": metadata}
    position = 0
    for name, (dtype, shape, size) in tensors.items():
        table[name] = {"dtype": dtype, "shape": shape, "data_offsets": [position, position + size]}
        position += size
    header = json.dumps(table).encode()
    return with_header(header + b" " * (-len(header) % 8), bytes(range(256)) * (position // 256 + 1), None)[
        : 8 + len(header) + (-len(header) % 8) + position
    ]


def lora_file(metadata: dict[str, str] | None = None, rank: int = 32, width: int = 2048) -> bytes:
    prefix = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k"
    return model_file(
        {
            f"{prefix}.alpha": ("F16", [], 2),
            f"{prefix}.lora_down.weight": ("F16", [rank, width], rank * width * 2),
            f"{prefix}.lora_up.weight": ("F16", [640, rank], 640 * rank * 2),
        },
        NEKO_METADATA if metadata is None else metadata,
    )


def opened(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)


def worked_example() -> bytes:
    """The example whose hashes are known."""
    header = json.dumps(
        {
            "__metadata__": {"ss_base_model_version": "sdxl_base_v1-0", "ss_network_dim": "32"},
            "lora_te1.lora_down.weight": {"dtype": "F16", "shape": [2, 2], "data_offsets": [0, 8]},
        }
    ).encode()
    return with_header(header + b" " * (-len(header) % 8), b"\x00\x3c" * 4)
