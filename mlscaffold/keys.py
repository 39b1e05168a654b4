"""The forms of keys and passwords: one definition for the hook, which only asks git, and for the check. This module imports nothing.

They are extended regular expressions, since git searches for them. Each is a form that nothing else has.
"""

FORMS = {
    "AWS key": r"(AKIA|ASIA)[0-9A-Z]{16}",
    "GitHub token": r"gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,}",
    "GitLab token": r"glpat-[A-Za-z0-9_-]{20}",
    "Hugging Face token": r"hf_[A-Za-z0-9]{30,}",
    "OpenAI or Anthropic key": r"sk-(ant-|proj-)?[A-Za-z0-9_-]{32,}",
    "Google key": r"AIza[0-9A-Za-z_-]{35}",
    "Slack token": r"xox[abprs]-[0-9A-Za-z-]{20,}",
    "Stripe key": r"(sk|rk)_live_[0-9A-Za-z]{20,}",
    "PyPI token": r"pypi-AgE[A-Za-z0-9_-]{40,}",
    "npm token": r"npm_[A-Za-z0-9]{36}",
    "Azure storage key": r"AccountKey=[A-Za-z0-9+/]{60,}",
    "AWS secret key": r"(AWS_SECRET_ACCESS_KEY|aws_secret_access_key)[\"' ]*[=:][\"' ]*[A-Za-z0-9/+]{40}",
    "password in an address": (
        r"(postgres(ql)?|mysql|mariadb|mongodb(\+srv)?|rediss?|amqps?|ftps?|https?)://[A-Za-z0-9_.-]+:"
        r"[A-Za-z0-9_!%+=~-]*([A-Za-z][0-9]|[0-9][A-Za-z])[A-Za-z0-9_!%+=~-]{4,}@[A-Za-z0-9-]+"
    ),
    "Slack webhook": r"hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,}",
    "Kaggle key": r"\"username\": *\"[^\"]+\", *\"key\": *\"[0-9a-f]{32}\"",
    "password of a .netrc": r"machine +[^ ]+ +login +[^ ]+ +password +[^ <$]{6,}",
    "private key": r"-----BEGIN ([A-Z]+ )*PRIVATE KEY( BLOCK)?-----",
}
FILES = (".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519")
"""Names (or their beginning) of files that hold keys whatever is in them."""
