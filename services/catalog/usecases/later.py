"""The kinds of catalog's timers: what is done after the answer."""

INSPECT_FILE = "inspect-file"
PROCESS_PICTURE = "process-picture"
JUDGE_PRODUCT = "judge-product"
DISCARD_UPLOADS = "discard-uploads"
