//! Checks: those of regional plugins, what each means, and the national ones.

use crate::address::of_plugin;
use crate::error::PageError;
use crate::page::{Link, Page};
use crate::parts::definition::{Named, Title};
use crate::reader::Reader;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    plugins: Vec<Plugin>,
    checks: Vec<Check>,
}

#[derive(Deserialize)]
struct Plugin {
    code: String,
    title: Option<String>,
    version: Option<String>,
    digest: Option<String>,
    unavailable: Option<String>,
    regions: Vec<Named>,
    frameworks: Vec<Title>,
    checks: Vec<Check>,
}

#[derive(Deserialize)]
struct Check {
    code: String,
    title: String,
    what: String,
    why: String,
    example: String,
    #[serde(default)]
    plugin: Option<String>,
}

impl Plugin {
    fn name(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.code)
    }
}

async fn read(reader: &Reader) -> Result<Data, PageError> {
    let query = include_str!("../../queries/plugins.graphql");
    reader.ask(query, json!({})).await
}

/// The page of all checks.
///
/// # Errors
/// The API does not answer.
pub(crate) async fn all(reader: &Reader) -> Result<Page, PageError> {
    let data = read(reader).await?;
    let mut page = Page::new("Checks");
    page.above = vec![Link::new("All years", "/")];
    page.push(html! {
        p { "Checks look at what was recorded and find what does not fit. They change no value. Regions add their own as "
            "plugins." }
        h2.nhsuk-heading-l { "Regional plugins" }
        @if data.plugins.is_empty() { p.wcc-none { "None is loaded." } }
        @for plugin in &data.plugins {
            div.nhsuk-card {
                div.nhsuk-card__content {
                    h3.nhsuk-card__heading.nhsuk-heading-m { a href=(of_plugin(&plugin.code)) { (plugin.name()) } }
                    (regions(plugin))
                    @if let Some(reason) = &plugin.unavailable { p.wcc-waiting { (reason) } }
                }
            }
        }
        h2.nhsuk-heading-l { "National checks" }
        (checks(data.checks.iter().filter(|check| check.plugin.is_none())))
    });
    Ok(page)
}

/// The page of one plugin.
///
/// # Errors
/// There is no such plugin.
pub(crate) async fn page(reader: &Reader, code: &str) -> Result<Page, PageError> {
    let data = read(reader).await?;
    let mut plugins = data.plugins.iter();
    let plugin = plugins
        .find(|plugin| plugin.code == code)
        .ok_or(PageError::Missing)?;
    let mut page = Page::new(plugin.name());
    page.caption = Some("Regional plugin".to_owned());
    page.above = vec![Link::new("All years", "/"), Link::new("Checks", "/plugins")];
    page.push(html! {
        (regions(plugin))
        @if let Some(reason) = &plugin.unavailable { p.wcc-waiting { (reason) } }
        @if !plugin.frameworks.is_empty() {
            p { "For " @for (number, framework) in plugin.frameworks.iter().enumerate() {
                @if number > 0 { ", " } (framework.title) } "." }
        }
        @if let Some(digest) = &plugin.digest { p.wcc-note.wcc-digest { "SHA-256: " (digest) } }
        h2.nhsuk-heading-m { "What it checks" }
        (checks(plugin.checks.iter()))
    });
    Ok(page)
}

fn regions(plugin: &Plugin) -> Markup {
    html! {
        p { @if let Some(version) = &plugin.version { "Version " (version) ". " }
            @if !plugin.regions.is_empty() {
                "For " @for (number, region) in plugin.regions.iter().enumerate() {
                    @if number > 0 { ", " } (region.name) } "."
            } }
    }
}

fn checks<'c>(checks: impl Iterator<Item = &'c Check>) -> Markup {
    html! {
        @for check in checks {
            details.nhsuk-details id=(check.code) {
                summary.nhsuk-details__summary { span.nhsuk-details__summary-text { (check.title) } }
                div.nhsuk-details__text {
                    p { (check.what) }
                    p { strong { "Why: " } (check.why) }
                    p { strong { "Example: " } (check.example) }
                }
            }
        }
    }
}
