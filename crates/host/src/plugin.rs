//! One configured plugin: who it says it is, and asking it.

use crate::caller::Caller;
use crate::failure::{Cause, Failure};
use crate::library::Library;
use crate::manifest::{self, shown_up_to};
use crate::process::Worker;
use crate::settings::PluginSettings;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use wcc_core::{CheckDocumentation, PluginIdentity};
use wcc_plugin::{Answer, Manifest, Request, code};

/// The most characters kept of what a plugin says of its own failure.
const MOST_WORDS: usize = 500;

/// One configured plugin: described, or unavailable.
pub struct Plugin {
    settings: PluginSettings,
    identity: PluginIdentity,
    manifest: Option<Arc<Manifest>>,
    caller: Result<Caller, Cause>,
}

impl Plugin {
    /// Opens, loads and describes a plugin. One that cannot be is a plugin all the same: it is
    /// unavailable, and says why.
    pub(crate) async fn describe(settings: PluginSettings, worker: Worker) -> Self {
        let mut plugin = Self {
            identity: PluginIdentity {
                id: settings.presumed_id(),
                title: String::new(),
                version: String::new(),
                digest: String::new(),
            },
            settings,
            manifest: None,
            caller: Err(Cause::Load("it was not asked".to_owned())),
        };
        let described = plugin.try_describe(&worker).await;
        if let Err(cause) = described {
            tracing::warn!(plugin = plugin.identity.id, code = cause.code(), %cause, "unavailable");
            plugin.caller = Err(cause);
        }
        plugin
    }

    async fn try_describe(&mut self, worker: &Worker) -> Result<(), Cause> {
        let settings = &self.settings;
        let (path, expected) = (settings.path.clone(), settings.sha256.clone());
        let opened = tokio::task::spawn_blocking(move || Library::open(&path, &expected)).await;
        let opened = opened.map_err(|error| Cause::Start(error.to_string()))?;
        let library = opened.map_err(|refused| {
            self.identity.digest = refused.digest;
            refused.cause
        })?;
        self.identity.digest.clone_from(&library.digest);
        let caller = Caller::new(
            Arc::new(library),
            settings.limits,
            settings.isolation,
            worker,
        );
        let request = serde_json::to_vec(&Request::Describe);
        let request = request.map_err(|error| Cause::Start(error.to_string()))?;
        let manifest: Manifest = ask(&caller, request.into()).await?;
        manifest::check(&manifest).map_err(Cause::Manifest)?;
        self.identity.title.clone_from(&manifest.title);
        self.identity.version.clone_from(&manifest.version);
        self.check_id(&manifest)?;
        self.identity.id.clone_from(&manifest.id);
        self.manifest = Some(Arc::new(manifest));
        self.check_settings()?;
        self.caller = Ok(caller);
        Ok(())
    }

    fn check_id(&self, manifest: &Manifest) -> Result<(), Cause> {
        match &self.settings.id {
            Some(id) if *id != manifest.id => Err(Cause::Manifest(format!(
                "it is called `{}`, and the configuration expects `{id}`",
                manifest.id
            ))),
            _ => Ok(()),
        }
    }

    fn check_settings(&self) -> Result<(), Cause> {
        let has_schema = self
            .manifest()
            .is_some_and(|manifest| manifest.settings.is_some());
        match &self.settings.settings {
            serde_json::Value::Null => Ok(()),
            serde_json::Value::Object(settings) if settings.is_empty() || has_schema => Ok(()),
            serde_json::Value::Object(_) => Err(Cause::Settings(
                "it takes no settings, and some are given".to_owned(),
            )),
            _ => Err(Cause::Settings("they must be a table".to_owned())),
        }
    }

    /// Makes it unavailable.
    pub(crate) fn refuse(&mut self, cause: Cause) {
        tracing::warn!(plugin = self.identity.id, code = cause.code(), %cause, "refused");
        self.caller = Err(cause);
    }

    /// As configured.
    pub fn settings(&self) -> &PluginSettings {
        &self.settings
    }

    /// Which plugin it is, as far as it is known.
    pub fn identity(&self) -> &PluginIdentity {
        &self.identity
    }

    /// What it says of itself; `None` where it could not be asked or said something unacceptable.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_deref()
    }

    /// Why it is unavailable; `None` where it is available.
    pub fn failure(&self) -> Option<Failure> {
        let cause = self.caller.as_ref().err()?;
        Some(Failure {
            plugin: self.identity.clone(),
            path: self.settings.path.clone(),
            cause: cause.clone(),
        })
    }

    /// How to ask it, or why it cannot be asked.
    pub(crate) fn caller(&self) -> Result<&Caller, &Cause> {
        self.caller.as_ref()
    }

    /// Its checks' documentation, with identifiers as findings carry them; empty where it is
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

/// Sends a request and reads the answer.
pub(crate) async fn ask<T: DeserializeOwned>(
    caller: &Caller,
    request: Arc<[u8]>,
) -> Result<T, Cause> {
    let bytes = caller.call(request).await?;
    match serde_json::from_slice(&bytes) {
        Ok(Answer::Ok(answer)) => Ok(answer),
        Ok(Answer::Error(error)) => {
            if error.code == code::PANICKED {
                caller.tear("panicked");
            }
            Err(Cause::Said {
                code: shown_up_to(&error.code, 60),
                message: shown_up_to(&error.message, MOST_WORDS),
            })
        }
        Err(error) => Err(Cause::Malformed(shown_up_to(
            &error.to_string(),
            MOST_WORDS,
        ))),
    }
}
