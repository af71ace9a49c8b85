//! `wcc enter`: every mutation of the API as a command.
//!
//! The commands, their options and their help are made of the declarations of the mutations, so a new
//! mutation is a command without any work here.

mod form;
mod send;

use super::{Failure, print};
use crate::settings::Settings;
use form::EnteredForm;
use send::UserError;
use std::path::PathBuf;

const ABOUT: &str =
    "Record anything that the API records: judgements, evidence, phases, releases and the rest";
const DETAILS: &str = "Each command is a mutation of the API (docs/graphql.md), with the same fields, rules and \
     permissions. The entry is made in the configured ledger, or with --server by a running server.";

/// A mutation and what was typed for it.
#[derive(Debug)]
pub(crate) struct Command {
    form: EnteredForm,
    options: Options,
}

// Options of every mutation; none has the name of a field. (A doc comment would replace what each command
// says of itself.)
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Who enters it, and where")]
struct Options {
    /// Address of a running server, such as http://127.0.0.1:8080; by default the entry is made in the
    /// configured ledger
    #[arg(long, value_name = "URL", requires = "token_file")]
    server: Option<String>,
    /// File with the bearer token for the server
    #[arg(long, value_name = "FILE", requires = "server")]
    token_file: Option<PathBuf>,
    /// The role you act in; with --server, one of the token's roles
    #[arg(long, value_name = "ROLE;body=CODE;cycle=ID")]
    act_as: Option<String>,
    /// Your name as the ledger records it; with --server it comes from the token
    #[arg(long, default_value = "operator", conflicts_with = "server")]
    author: String,
    /// Identifier of this request; repeating it never enters anything twice. Random by default
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    command: Command,
    config: Option<PathBuf>,
    settings: &Settings,
) -> Result<(), Failure> {
    let Command { form, options } = command;
    let request_id = match &options.request_id {
        Some(id) => id.clone(),
        None => send::random_id()?,
    };
    let variables = form.variables(&request_id)?;
    let answer = send::send(
        &options,
        &request_id,
        form.query(),
        variables,
        config,
        settings,
    )
    .await?;
    let (json, result) = send::result(&answer, form.name(), &request_id)?;
    if options.json {
        print(&format!("{json:#}\n"))?;
    }
    if !result.user_errors.is_empty() {
        let errors = result.user_errors.iter();
        let errors: Vec<String> = errors.map(|error| in_words(error, &form)).collect();
        let message = format!("nothing was entered:\n{}", errors.join("\n"));
        return Err(Failure::refused(message));
    }
    if options.json {
        return Ok(());
    }
    for line in &result.report {
        print(&format!("{line}\n"))?;
    }
    print(&match (result.entry, result.repeated) {
        (None, _) if form.is_shown_first() => {
            "nothing was entered; add --apply to record what is new\n".to_owned()
        }
        (Some(entry), false) => format!("entered as entry {entry}\n"),
        (Some(entry), true) => format!("this request was entered before, as entry {entry}\n"),
        (None, _) => "there was nothing to enter\n".to_owned(),
    })
}

/// A mistake, with the option in place of the path in the input.
fn in_words(error: &UserError, form: &EnteredForm) -> String {
    let option = error.field.as_deref().and_then(|path| form.option_of(path));
    let mut text = match option {
        Some(option) => format!("  {option}: {}", error.message),
        None => format!("  {}", error.message),
    };
    if let Some(nearest) = &error.nearest
        && !error.message.contains(nearest.as_str())
    {
        text.push_str(&format!("; did you mean `{nearest}`?"));
    }
    text
}

impl clap::FromArgMatches for Command {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Command, clap::Error> {
        let Some((name, matches)) = matches.subcommand() else {
            return Err(clap::Error::new(clap::error::ErrorKind::MissingSubcommand));
        };
        let unknown = || clap::Error::new(clap::error::ErrorKind::InvalidSubcommand);
        Ok(Command {
            form: EnteredForm::from_matches(name, matches).ok_or_else(unknown)?,
            options: Options::from_arg_matches(matches)?,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Command::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Subcommand for Command {
    fn augment_subcommands(command: clap::Command) -> clap::Command {
        let command = command
            .about(ABOUT)
            .long_about(format!("{ABOUT}\n\n{DETAILS}"))
            .subcommand_required(true)
            .arg_required_else_help(true);
        form::commands().fold(command, |command, mutation| {
            command.subcommand(<Options as clap::Args>::augment_args(mutation))
        })
    }

    fn augment_subcommands_for_update(command: clap::Command) -> clap::Command {
        Command::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        form::commands().any(|command| command.get_name() == name)
    }
}
