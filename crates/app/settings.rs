//! Settings: defaults, then files, then the environment, then flags.
//!
//! Every setting is one line of [`KEYS`]; `wcc config` lists each setting with its current value
//! and origin. An unknown key is an error that names the nearest known key.

#[cfg(feature = "server")]
mod accounts;
#[cfg(feature = "server")]
mod issuers;
mod keys;
#[cfg(feature = "server")]
mod ledger;
#[cfg(feature = "server")]
mod mail;
mod plugins;
#[cfg(feature = "server")]
mod subscriptions;
mod trust;

pub(crate) use keys::KEYS;

use config::{Config, Environment, File, FileFormat, Value, ValueKind};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wcc_case::nearest;
use wcc_host::{PluginSettings, Trust};

/// The settings file, searched for in the working directory and the folders above it.
const DEFAULT_FILE: &str = "configs/wcc.toml";
/// A file beside it that overrides it, for settings of this machine such as plugins built here.
const LOCAL_FILE: &str = "local.toml";

/// An error in the settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// A file cannot be read or is not TOML.
    #[error("{0}")]
    Read(#[from] config::ConfigError),
    /// An unknown key.
    #[error("unknown setting `{key}` ({origin}){}", nearest.as_ref().map_or(String::new(), |near| format!("; did you mean `{near}`?")))]
    Unknown {
        /// The key.
        key: String,
        /// Where it is set.
        origin: String,
        /// The nearest known key.
        nearest: Option<String>,
    },
    /// An invalid value.
    #[error("setting `{key}` ({origin}): {message}")]
    Value {
        /// The key.
        key: String,
        /// Where it is set.
        origin: String,
        /// What was expected.
        message: String,
    },
    /// A settings file given on the command line does not exist.
    #[error("there is no settings file {}; name another with --config, or leave it out to use {DEFAULT_FILE}", .0.display())]
    Missing(PathBuf),
}

/// The current settings.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Whether a settings file was found.
    pub(crate) found: bool,
    /// Folder of framework files.
    pub(crate) frameworks: PathBuf,
    /// Folder of the tables of bodies.
    pub(crate) organisations: PathBuf,
    /// Folder of policies; `None` for the built-in ones.
    #[cfg(feature = "server")]
    pub(crate) policies: Option<PathBuf>,
    /// Folder of the style of documents; `None` for the one that comes with the program.
    pub(crate) style: Option<PathBuf>,
    /// The program that prints PDFs; `None` to look for it in the usual places.
    pub(crate) pdf: Option<PathBuf>,
    /// Folder of the server's data.
    pub(crate) data: PathBuf,
    /// The ledger.
    #[cfg(feature = "server")]
    pub(crate) ledger: ledger::LedgerSettings,
    /// The surveys.
    #[cfg(feature = "server")]
    pub(crate) surveys: ledger::SurveySettings,
    /// The accounts of people who sign in.
    #[cfg(feature = "server")]
    pub(crate) accounts: wcc_accounts::AccountSettings,
    /// How messages are mailed to people, if they are.
    #[cfg(feature = "server")]
    pub(crate) mail: Option<mail::Mail>,
    /// Address to listen on.
    pub(crate) listen: String,
    /// Maximum size of a request's body, in bytes.
    pub(crate) body_bytes: usize,
    /// Maximum size of the answer cache, in bytes.
    pub(crate) answer_bytes: usize,
    /// Maximum time for a request, in seconds.
    pub(crate) request_seconds: u64,
    /// Limits and times of subscriptions.
    #[cfg(feature = "server")]
    pub(crate) subscriptions: wcc_api::SubscriptionSettings,
    /// The log level, for all or for each module: `info`, `wcc_api=debug`.
    pub(crate) log: String,
    /// The format of log lines.
    pub(crate) log_format: LogFormat,
    /// Plugins, in the order of the configuration.
    pub(crate) plugins: Vec<PluginSettings>,
    /// Whose tokens are accepted besides the server's own.
    #[cfg(feature = "server")]
    pub(crate) tokens: wcc_tokens::TokenSettings,
    /// The keys with which plugin libraries must be signed.
    pub(crate) trust: Trust,
    /// Every setting with its value and origin, for `wcc config`.
    pub(crate) shown: Vec<SettingLine>,
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// One setting as `wcc config` shows it.
#[derive(Debug)]
pub(crate) struct SettingLine {
    /// Dotted name: `server.listen`.
    pub(crate) key: String,
    /// The value, without passwords.
    pub(crate) value: String,
    /// The file, environment or flag that set it, or `default`.
    pub(crate) origin: String,
}

impl Settings {
    /// Reads the settings. `file` is the file given by `--config`; `flags` are keys and values set
    /// on the command line.
    pub(crate) fn read(
        file: Option<&Path>,
        flags: &[(&str, String)],
    ) -> Result<Settings, SettingsError> {
        let files = files(file)?;
        let mut builder = Config::builder();
        for key in KEYS {
            builder = builder.set_default(key.name, key.default)?;
        }
        for path in &files {
            builder = builder.add_source(File::from(path.as_path()).format(FileFormat::Toml));
        }
        // WCC__SERVER__LISTEN is server.listen.
        builder = builder.add_source(
            Environment::with_prefix("WCC")
                .prefix_separator("__")
                .separator("__"),
        );
        for (key, value) in flags {
            builder = builder.set_override(*key, value.as_str())?;
        }
        let flagged: Vec<&str> = flags.iter().map(|(key, _)| *key).collect();
        let base = files
            .first()
            .and_then(|path| path.parent())
            .map(Path::to_path_buf);
        let found = base.is_some();
        let mut settings = from_config(
            builder.build()?,
            &flagged,
            &base.unwrap_or_else(|| PathBuf::from("configs")),
        )?;
        settings.found = found;
        Ok(settings)
    }
}

/// The files to read, first to last.
fn files(named: Option<&Path>) -> Result<Vec<PathBuf>, SettingsError> {
    let main = match named {
        Some(path) if path.is_file() => Some(path.to_path_buf()),
        Some(path) => return Err(SettingsError::Missing(path.to_path_buf())),
        None => std::env::current_dir().ok().and_then(|here| {
            here.ancestors()
                .map(|folder| folder.join(DEFAULT_FILE))
                .find(|path| path.is_file())
        }),
    };
    let Some(main) = main else {
        return Ok(Vec::new());
    };
    let local = main.with_file_name(LOCAL_FILE);
    Ok(if local.is_file() {
        vec![main, local]
    } else {
        vec![main]
    })
}

fn from_config(config: Config, flagged: &[&str], base: &Path) -> Result<Settings, SettingsError> {
    let mut plugins = Vec::new();
    #[cfg(feature = "server")]
    let mut issuers = Vec::new();
    let mut values: BTreeMap<String, Value> = BTreeMap::new();
    for (key, value) in config.cache.into_table()? {
        if key == "plugin" {
            plugins = plugins::read(value, base)?;
        } else if key == "issuer" {
            // Without a server, nobody sends tokens.
            #[cfg(feature = "server")]
            {
                issuers = issuers::read(value, base)?;
            }
        } else {
            flatten(key, value, &mut values);
        }
    }
    check_known(&values)?;
    let reader = SettingsReader {
        values: &values,
        flagged,
    };
    let shown = KEYS.iter().map(|key| reader.line(key.name)).collect();
    #[cfg(feature = "server")]
    let tokens = issuers::token_settings(&reader, issuers)?;
    #[cfg(feature = "server")]
    let accounts = accounts::read(&reader, base, &tokens)?;
    Ok(Settings {
        found: true,
        frameworks: base.join(reader.text("paths.frameworks")?),
        organisations: base.join(reader.text("paths.organisations")?),
        #[cfg(feature = "server")]
        policies: match reader.text("paths.policies")?.as_str() {
            "" => None,
            folder => Some(base.join(folder)),
        },
        style: match reader.text("documents.style")?.as_str() {
            "" => None,
            folder => Some(base.join(folder)),
        },
        pdf: match reader.text("documents.pdf")?.as_str() {
            "" => None,
            program => Some(base.join(program)),
        },
        #[cfg(feature = "server")]
        ledger: ledger::read(&reader, base)?,
        #[cfg(feature = "server")]
        surveys: ledger::read_surveys(&reader, base)?,
        #[cfg(feature = "server")]
        mail: mail::read(&reader, base, accounts.public_address.as_ref())?,
        #[cfg(feature = "server")]
        accounts,
        data: base.join(reader.text("paths.data")?),
        listen: reader.text("server.listen")?,
        body_bytes: reader.number("server.body_bytes", 1_000, 100_000_000)?,
        answer_bytes: reader.number("server.answer_bytes", 0, 4_000_000_000)?,
        request_seconds: reader.number("server.request_seconds", 1, 600)? as u64,
        #[cfg(feature = "server")]
        subscriptions: subscriptions::read(&reader)?,
        log: reader.text("log.level")?,
        log_format: reader.log_format()?,
        plugins,
        #[cfg(feature = "server")]
        tokens,
        trust: trust::read(&reader)?,
        shown,
    })
}

/// Turns nested tables into dotted keys.
fn flatten(key: String, value: Value, values: &mut BTreeMap<String, Value>) {
    match value.kind {
        ValueKind::Table(table) => {
            for (name, value) in table {
                flatten(format!("{key}.{name}"), value, values);
            }
        }
        _ => {
            values.insert(key, value);
        }
    }
}

fn check_known(values: &BTreeMap<String, Value>) -> Result<(), SettingsError> {
    let known: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    let unknown = values
        .iter()
        .find(|(key, _)| !known.contains(&key.as_str()));
    let Some((key, value)) = unknown else {
        return Ok(());
    };
    Err(SettingsError::Unknown {
        key: key.clone(),
        origin: origin_of(value),
        nearest: nearest(key, known).map(str::to_owned),
    })
}

fn origin_of(value: &Value) -> String {
    value.origin().map_or("default".to_owned(), str::to_owned)
}

struct SettingsReader<'a> {
    values: &'a BTreeMap<String, Value>,
    flagged: &'a [&'a str],
}

impl SettingsReader<'_> {
    fn line(&self, key: &str) -> SettingLine {
        let value = self.values.get(key);
        let origin = match value {
            _ if self.flagged.contains(&key) => "flag".to_owned(),
            Some(value) => origin_of(value),
            None => "default".to_owned(),
        };
        let value = value.map(|value| value.to_string()).unwrap_or_default();
        #[cfg(feature = "server")]
        let value = ledger::without_password(value);
        SettingLine {
            key: key.to_owned(),
            value,
            origin,
        }
    }

    /// Whether a setting differs from its default source: a file, the environment or a flag sets
    /// it.
    fn is_set(&self, key: &str) -> bool {
        self.line(key).origin != "default"
    }

    /// A list, or a text of words separated by spaces (as in the environment).
    fn list(&self, key: &str) -> Result<Vec<String>, SettingsError> {
        let value = self.values.get(key).cloned().unwrap_or_default();
        let origin = origin_of(&value);
        let texts = match value.kind {
            ValueKind::String(text) => {
                return Ok(text.split_whitespace().map(str::to_owned).collect());
            }
            ValueKind::Array(values) => values.into_iter().map(Value::into_string).collect(),
            _ => Err(config::ConfigError::NotFound(key.to_owned())),
        };
        let texts: Result<Vec<String>, _> = texts;
        texts.map_err(|_| SettingsError::Value {
            key: key.to_owned(),
            origin,
            message: "expected a list of texts".to_owned(),
        })
    }

    /// A list whose texts may have spaces; a text alone is a list of it, and an empty one of nothing.
    #[cfg(feature = "server")]
    fn rows(&self, key: &str) -> Result<Vec<String>, SettingsError> {
        let value = self.values.get(key).cloned().unwrap_or_default();
        match value.kind {
            ValueKind::String(text) if text.is_empty() => Ok(Vec::new()),
            ValueKind::String(text) => Ok(vec![text]),
            _ => self.list(key),
        }
    }

    /// An error in the value of a setting.
    #[cfg(feature = "server")]
    fn wrong(&self, key: &str, message: String) -> SettingsError {
        SettingsError::Value {
            key: key.to_owned(),
            origin: self.line(key).origin,
            message,
        }
    }

    fn yes_or_no(&self, key: &str) -> Result<bool, SettingsError> {
        let text = self.text(key)?;
        text.trim().parse().map_err(|_| SettingsError::Value {
            key: key.to_owned(),
            origin: self.line(key).origin,
            message: format!("expected `true` or `false`, not `{text}`"),
        })
    }

    fn log_format(&self) -> Result<LogFormat, SettingsError> {
        match self.text("log.format")?.as_str() {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            other => Err(SettingsError::Value {
                key: "log.format".to_owned(),
                origin: self.line("log.format").origin,
                message: format!("expected text or json, not `{other}`"),
            }),
        }
    }

    fn text(&self, key: &str) -> Result<String, SettingsError> {
        let value = self.values.get(key).cloned().unwrap_or_default();
        let origin = origin_of(&value);
        value.into_string().map_err(|_| SettingsError::Value {
            key: key.to_owned(),
            origin,
            message: "expected text".to_owned(),
        })
    }

    fn number(&self, key: &str, min: usize, max: usize) -> Result<usize, SettingsError> {
        let text = self.text(key)?;
        let number = text.trim().parse::<usize>().ok();
        number
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| SettingsError::Value {
                key: key.to_owned(),
                origin: self.line(key).origin,
                message: format!("expected a whole number from {min} to {max}, not `{text}`"),
            })
    }
}
