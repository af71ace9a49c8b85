//! One configured plugin: its identity, and requests to it.

use crate::caller::{Caller, NextCall};
use crate::failure::{Cause, Failure};
use crate::library::{Library, LibraryFile, RejectedLibrary};
use crate::manifest;
use crate::process::Worker;
use crate::schema::{self, Verdict};
use crate::settings::{Isolation, PluginSettings};
use crate::text::shown_up_to;
use crate::trust::Trust;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::sync::Arc;
use wcc_core::{CheckDocumentation, PluginIdentity};
use wcc_plugin::{Answer, Manifest, Request, code};

/// The maximum number of characters kept of a plugin's own error message.
const MAX_WORDS: usize = 500;

/// From this size in bytes, an answer is parsed on a blocking thread, so that it does not delay
/// other tasks.
const LONG_ANSWER: usize = 1 << 20;

/// One configured plugin, available or not.
pub struct Plugin {
    settings: PluginSettings,
    identity: PluginIdentity,
    manifest: Option<Arc<Manifest>>,
    signed_by: Option<String>,
    caller: Result<Caller, Cause>,
}

impl Plugin {
    /// Opens and loads a plugin and asks it for its manifest. If this fails, the plugin is
    /// unavailable and says why.
    pub(crate) async fn describe(settings: PluginSettings, worker: Worker, trust: Trust) -> Self {
        let mut plugin = Self {
            identity: PluginIdentity {
                id: settings.presumed_id(),
                title: String::new(),
                version: String::new(),
                digest: String::new(),
            },
            settings,
            manifest: None,
            signed_by: None,
            caller: Err(Cause::Load("the plugin was not asked".to_owned())),
        };
        let described = plugin.try_describe(&worker, trust).await;
        if let Err(cause) = described {
            tracing::warn!(plugin = plugin.identity.id, code = cause.code(), %cause, "unavailable");
            plugin.caller = Err(cause);
        }
        plugin
    }

    async fn try_describe(&mut self, worker: &Worker, trust: Trust) -> Result<(), Cause> {
        let settings = self.settings.clone();
        let opened = tokio::task::spawn_blocking(move || open(&settings, &trust)).await;
        let opened = opened.map_err(|error| Cause::Start(error.to_string()))?;
        self.signed_by = opened.signed_by;
        let library = opened.library.map_err(|refused| {
            self.identity.digest = refused.digest;
            refused.cause
        })?;
        self.identity.digest.clone_from(&library.digest);
        let caller = Caller::new(
            Arc::new(library),
            self.settings.limits,
            self.settings.isolation,
            worker,
        );
        let request = serde_json::to_vec(&Request::Describe);
        let request = request.map_err(|error| Cause::Start(error.to_string()))?;
        let manifest: Manifest = ask(&caller, request, NextCall::Unknown).await?;
        manifest::check(&manifest).map_err(Cause::Manifest)?;
        self.identity.title.clone_from(&manifest.title);
        self.identity.version.clone_from(&manifest.version);
        self.check_id(&manifest)?;
        self.identity.id.clone_from(&manifest.id);
        self.manifest = Some(Arc::new(manifest));
        self.check_settings(worker).await?;
        self.caller = Ok(caller);
        Ok(())
    }

    fn check_id(&self, manifest: &Manifest) -> Result<(), Cause> {
        match &self.settings.id {
            Some(id) if *id != manifest.id => Err(Cause::Manifest(format!(
                "its `id` is `{}`, but the configuration expects `{id}`",
                manifest.id
            ))),
            _ => Ok(()),
        }
    }

    async fn check_settings(&self, worker: &Worker) -> Result<(), Cause> {
        let rejected = |words: &str| Err(Cause::Settings(words.to_owned()));
        let schema = self
            .manifest()
            .and_then(|manifest| manifest.settings.as_ref());
        let none = Map::new();
        let settings = match &self.settings.settings {
            Value::Null => &none,
            Value::Object(settings) => settings,
            _ => return rejected("they must be a table"),
        };
        let Some(schema) = schema else {
            return if settings.is_empty() {
                Ok(())
            } else {
                rejected("the plugin takes no settings; remove them from the configuration")
            };
        };
        let verdict = match schema::check(worker, schema, settings).await {
            // The system cannot start processes, and the operator allows the plugin to run in this
            // one.
            Err(Cause::Start(_)) if self.settings.isolation == Isolation::None => {
                schema::verdict(schema, settings.clone())
            }
            verdict => verdict?,
        };
        match verdict {
            Verdict::Valid => Ok(()),
            Verdict::InvalidSchema(words) => Err(Cause::Manifest(words)),
            Verdict::InvalidSettings(words) => Err(Cause::Settings(words)),
        }
    }

    /// Makes the plugin unavailable.
    pub(crate) fn reject(&mut self, cause: Cause) {
        tracing::warn!(plugin = self.identity.id, code = cause.code(), %cause, "refused");
        self.caller = Err(cause);
    }

    /// The plugin's settings, as configured.
    pub fn settings(&self) -> &PluginSettings {
        &self.settings
    }

    /// The plugin's identity, as far as it is known.
    pub fn identity(&self) -> &PluginIdentity {
        &self.identity
    }

    /// The plugin's manifest; `None` if it could not be asked or its manifest is not valid.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_deref()
    }

    /// The trusted key that signed the library, as configured; `None` if no signature was checked.
    pub fn signed_by(&self) -> Option<&str> {
        self.signed_by.as_deref()
    }

    /// Why the plugin is unavailable; `None` if it is available.
    pub fn failure(&self) -> Option<Failure> {
        let cause = self.caller.as_ref().err()?;
        Some(Failure {
            plugin: self.identity.clone(),
            path: self.settings.path.clone(),
            cause: cause.clone(),
        })
    }

    /// The caller for requests to the plugin, or why it cannot be asked.
    pub(crate) fn caller(&self) -> Result<&Caller, &Cause> {
        self.caller.as_ref()
    }

    /// The documentation of its checks, with identifiers as in findings; empty if the plugin is
    /// unavailable.
    pub fn checks(&self) -> Vec<CheckDocumentation> {
        let available = self.manifest().filter(|_| self.caller.is_ok());
        let Some(manifest) = available else {
            return Vec::new();
        };
        let document = |check: &wcc_plugin::CheckDocumentation| CheckDocumentation {
            id: format!("{}/{}", manifest.id, check.id),
            title: check.title.clone(),
            what: check.what.clone(),
            why: check.why.clone(),
            example: check.example.clone(),
        };
        manifest.checks.iter().map(document).collect()
    }
}

/// A library, or why it is rejected, and the key that signed it, if any.
struct Opened {
    library: Result<Library, RejectedLibrary>,
    signed_by: Option<String>,
}

/// Reads a library and checks its signature before reading anything in it.
fn open(settings: &PluginSettings, trust: &Trust) -> Opened {
    let unsigned = |refused| Opened {
        library: Err(refused),
        signed_by: None,
    };
    let file = match LibraryFile::read(&settings.path, &settings.sha256) {
        Ok(file) => file,
        Err(refused) => return unsigned(refused),
    };
    match trust.check(settings, || file.bytes()) {
        Ok(signed_by) => Opened {
            library: file.library(),
            signed_by,
        },
        Err(cause) => unsigned(RejectedLibrary {
            digest: file.digest().to_owned(),
            cause,
        }),
    }
}

/// Sends a request and parses the answer.
pub(crate) async fn ask<T: DeserializeOwned + Send + 'static>(
    caller: &Caller,
    request: Vec<u8>,
    next: NextCall,
) -> Result<T, Cause> {
    let bytes = caller.call(request, next).await?;
    let read = if bytes.len() < LONG_ANSWER {
        from_json(&bytes)
    } else {
        let read = tokio::task::spawn_blocking(move || from_json(&bytes));
        read.await
            .map_err(|error| Cause::Malformed(error.to_string()))?
    };
    match read {
        Ok(Answer::Ok(answer)) => Ok(answer),
        Ok(Answer::Error(error)) => {
            if error.code == code::PANICKED {
                caller.poison("panicked");
            }
            Err(Cause::ReportedError {
                code: shown_up_to(&error.code, 60),
                message: shown_up_to(&error.message, MAX_WORDS),
            })
        }
        Err(error) => Err(Cause::Malformed(shown_up_to(&error.to_string(), MAX_WORDS))),
    }
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    // Validating UTF-8 once for the whole answer is faster than string by string. If it is invalid,
    // `from_slice` reports where.
    match std::str::from_utf8(bytes) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(bytes),
    }
}
