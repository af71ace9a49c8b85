//! Every setting except the plugins and the issuers of tokens, with its default and a description.

/// One setting.
pub(crate) struct Key {
    /// Dotted name: `server.listen`.
    pub(crate) name: &'static str,
    /// The default, as written in a file.
    pub(crate) default: &'static str,
    /// The description that `wcc config` prints.
    pub(crate) about: &'static str,
}

const fn key(name: &'static str, default: &'static str, about: &'static str) -> Key {
    Key {
        name,
        default,
        about,
    }
}

/// All settings.
pub(crate) const KEYS: &[Key] = &[
    key(
        "paths.frameworks",
        "frameworks",
        "folder of framework files, relative to the settings file",
    ),
    key(
        "paths.organisations",
        "organisations",
        "folder of the tables of bodies, relative to the settings file",
    ),
    key(
        "paths.policies",
        "",
        "folder of the policies that decide who may do what (default: those that ship)",
    ),
    key(
        "paths.data",
        "../data",
        "folder of the server's data (operator's token, issued tokens, ledger), relative to the settings file",
    ),
    key(
        "ledger.address",
        "",
        "ledger file (default: ledger.db in paths.data), or postgres://USER@HOST/DATABASE?sslmode=verify-full",
    ),
    key(
        "ledger.sha",
        "england",
        "code of the authority that owns the ledger; several may share one database",
    ),
    key(
        "ledger.head",
        "",
        "file that records the ledger's head (default: ledger.head in paths.data)",
    ),
    key(
        "ledger.checkpoint",
        "",
        "checkpoint file that speeds up start-up; created automatically (default: ledger.checkpoint in paths.data)",
    ),
    key(
        "ledger.checkpoint_entries",
        "10000",
        "number of new entries that trigger a checkpoint",
    ),
    key(
        "ledger.documents",
        "",
        "folder of evidence documents (default: documents in paths.data), or s3://BUCKET/PREFIX",
    ),
    key(
        "ledger.patience_seconds",
        "10",
        "how long a write is retried while the database does not answer, in seconds",
    ),
    key(
        "surveys.address",
        "",
        "database of surveys: a file (default: surveys.db in paths.data), or postgres://... (default: the ledger's)",
    ),
    key(
        "surveys.keys",
        "",
        "folder with the keys of open surveys, apart from the database (default: survey-keys in paths.data)",
    ),
    key(
        "accounts.address",
        "",
        "database of the accounts with which people sign in: a file (default: accounts.db in paths.data), or postgres://... (default: the ledger's)",
    ),
    key(
        "accounts.idle_minutes",
        "30",
        "time without use after which a session ends, in minutes",
    ),
    key(
        "accounts.session_hours",
        "12",
        "time after which a session ends in any case, in hours",
    ),
    key(
        "accounts.public_address",
        "",
        "address by which browsers know this server, such as https://assurance.example; needed to sign in with an OpenID provider",
    ),
    key(
        "openid.issuer",
        "",
        "OpenID provider with which people sign in: its `iss`, a URL (default: none)",
    ),
    key(
        "openid.title",
        "your organisation",
        "what people know the OpenID provider as",
    ),
    key(
        "openid.client",
        "",
        "identifier by which the OpenID provider knows this server",
    ),
    key(
        "openid.secret_file",
        "",
        "file with the secret of that client, relative to the settings file (default: a client without one)",
    ),
    key(
        "openid.scopes",
        "openid profile email",
        "what the OpenID provider is asked for",
    ),
    key(
        "openid.algorithms",
        "RS256",
        "algorithms that the OpenID provider may sign with",
    ),
    key(
        "openid.person_claim",
        "name",
        "claim with the name of the person, as entries will have it",
    ),
    key(
        "openid.account_claim",
        "preferred_username",
        "claim from which the sign-in name of an account is made",
    ),
    key(
        "openid.role_claim",
        "groups",
        "claim with the texts that give roles",
    ),
    key(
        "openid.roles",
        "",
        "list of the roles that these texts give: \"TEXT => ROLE;body=CODE;cycle=ID\" (default: administrators give roles)",
    ),
    key(
        "openid.userinfo",
        "false",
        "ask the OpenID provider's UserInfo endpoint for claims, too",
    ),
    key(
        "mail.server",
        "",
        "mail server that sends messages to people, as HOST or HOST:PORT; without one they wait",
    ),
    key(
        "mail.security",
        "starttls",
        "how the connection to the mail server is protected: starttls, tls, or none on this machine",
    ),
    key(
        "mail.from",
        "",
        "address from which mail is sent, such as Assurance <assurance@sha.example>",
    ),
    key(
        "mail.user",
        "",
        "name with which to sign in to the mail server; without one nobody signs in",
    ),
    key(
        "mail.password_file",
        "",
        "file with the password for it, relative to the settings file",
    ),
    key(
        "mail.signed_in_days",
        "90",
        "people who sign in with the OpenID provider get mail if they signed in within this many days",
    ),
    key(
        "documents.style",
        "",
        "folder of the style of documents, relative to the settings file (default: the one that comes with the program)",
    ),
    key(
        "documents.pdf",
        "",
        "the program that prints PDFs, relative to the settings file (default: wcc-pdf beside this program, where its build puts it, or in PATH)",
    ),
    key(
        "server.listen",
        "127.0.0.1:8080",
        "address to listen on; by default only this machine can connect",
    ),
    key(
        "server.body_bytes",
        "100000",
        "maximum size of a request, in bytes",
    ),
    key(
        "server.answer_bytes",
        "33554432",
        "maximum size of the answer cache, in bytes",
    ),
    key(
        "server.request_seconds",
        "10",
        "maximum time for a request, in seconds",
    ),
    key(
        "subscriptions.connections",
        "2000",
        "maximum number of open connections with subscriptions (WebSockets and streams of events)",
    ),
    key(
        "subscriptions.connections_per_person",
        "20",
        "maximum number of such connections with the tokens of one person",
    ),
    key(
        "subscriptions.connections_without_token",
        "1000",
        "maximum number of such connections without a token",
    ),
    key(
        "subscriptions.operations_per_connection",
        "50",
        "maximum number of operations that run on one WebSocket at a time",
    ),
    key(
        "subscriptions.origins",
        "",
        "further origins, such as https://assurance.example, whose pages may open a WebSocket",
    ),
    key(
        "subscriptions.init_seconds",
        "10",
        "maximum time for a client to send connection_init, in seconds",
    ),
    key(
        "subscriptions.ping_seconds",
        "25",
        "time between pings on an open connection, in seconds",
    ),
    key(
        "subscriptions.check_seconds",
        "5",
        "how often the token of an open connection is verified again, in seconds",
    ),
    key(
        "subscriptions.send_seconds",
        "10",
        "maximum time for a client to accept a message before it is dropped, in seconds",
    ),
    key(
        "tokens.leeway_seconds",
        "30",
        "by how much the clock of an issuer of tokens may differ, in seconds",
    ),
    key(
        "tokens.pause_seconds",
        "30",
        "least time between two attempts to fetch an issuer's keys because a token names an unknown one, in seconds",
    ),
    key(
        "tokens.refresh_seconds",
        "300",
        "how often an issuer's keys are fetched in any case, in seconds",
    ),
    key(
        "trust.keys",
        "",
        "minisign public keys that plugins must be signed with",
    ),
    key(
        "trust.required",
        "true",
        "if there are trusted keys: refuse plugins without a signature",
    ),
    key(
        "log.level",
        "info",
        "log level: error, warn, info, debug, or a level for each module",
    ),
    key(
        "log.format",
        "text",
        "log format: text for people, json for programs",
    ),
];
