//! `wcc config`: prints the current settings and their origins.

use super::{Failure, print};
use crate::settings::{KEYS, Settings};
use std::fmt::Write as _;

/// Print every setting with its value and where it comes from
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(super) fn run(_: Arguments, settings: &Settings) -> Result<(), Failure> {
    let mut text = String::new();
    for (shown, key) in settings.shown.iter().zip(KEYS) {
        let _ = writeln!(
            text,
            "{:<27}{:<18}{:<24}{}",
            shown.key, shown.value, shown.origin, key.about
        );
    }
    for (number, plugin) in (1..).zip(&settings.plugins) {
        let _ = writeln!(
            text,
            "{:<27}{}\n{:<27}{}",
            format!("plugin[{number}].path"),
            plugin.path.display(),
            format!("plugin[{number}].sha256"),
            plugin.sha256,
        );
        if let Some(signature) = &plugin.signature {
            let _ = writeln!(
                text,
                "{:<27}{}",
                format!("plugin[{number}].signature"),
                signature.display()
            );
        }
    }
    print(&text)
}
