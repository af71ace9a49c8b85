//! Every setting but the plugins, with its default and a sentence.

/// One setting.
pub(crate) struct Key {
    /// Dotted name: `server.listen`.
    pub(crate) name: &'static str,
    /// Default, as it would be written.
    pub(crate) default: &'static str,
    /// What it does.
    pub(crate) about: &'static str,
}

const fn key(name: &'static str, default: &'static str, about: &'static str) -> Key {
    Key {
        name,
        default,
        about,
    }
}

/// All of them.
pub(crate) const KEYS: &[Key] = &[
    key(
        "paths.frameworks",
        "frameworks",
        "folder of framework files, from the settings file",
    ),
    key(
        "paths.organisations",
        "organisations",
        "folder of the tables of bodies, likewise",
    ),
    key(
        "paths.policies",
        "",
        "folder of the policies that decide who may do what (default: those that ship)",
    ),
    key(
        "paths.data",
        "../data",
        "folder of what the server keeps, likewise: the operator's token, the ledger",
    ),
    key(
        "ledger.address",
        "",
        "file of the ledger (default: ledger.db in paths.data), or postgres://USER@HOST/DATABASE?sslmode=verify-full",
    ),
    key(
        "ledger.sha",
        "england",
        "code of the authority that keeps the ledger; several may share one database",
    ),
    key(
        "ledger.head",
        "",
        "file that the ledger's head is written down in (default: ledger.head in paths.data)",
    ),
    key(
        "ledger.checkpoint",
        "",
        "file that a start goes on from, made by itself (default: ledger.checkpoint in paths.data)",
    ),
    key(
        "ledger.checkpoint_entries",
        "10000",
        "entries after which it grows",
    ),
    key(
        "ledger.documents",
        "",
        "folder of evidence documents (default: documents in paths.data), or s3://BUCKET/PREFIX",
    ),
    key(
        "ledger.patience_seconds",
        "10",
        "seconds for which a write is tried while the database does not answer",
    ),
    key(
        "server.listen",
        "127.0.0.1:8080",
        "address to listen on; beyond this machine only if set",
    ),
    key("server.body_bytes", "100000", "most bytes of a request"),
    key(
        "server.answer_bytes",
        "33554432",
        "most bytes of finished answers that are kept",
    ),
    key(
        "server.request_seconds",
        "10",
        "seconds after which a request is given up",
    ),
    key(
        "trust.keys",
        "",
        "public keys of minisign that plugins are signed with",
    ),
    key(
        "trust.required",
        "true",
        "with trusted keys: a plugin without a signature is refused",
    ),
    key(
        "log.level",
        "info",
        "what is logged: error, warn, info, debug, or by module",
    ),
    key(
        "log.format",
        "text",
        "how it is logged: text for people, json for programs",
    ),
];
