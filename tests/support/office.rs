//! A server whose ledger has one case, and the invented people who sign in to it.

#![allow(dead_code, reason = "each test file uses its own part")]

use crate::browser::{Browser, Page};
use crate::server::Server;
use crate::support::{printed_with, settings_with};
use std::path::PathBuf;

pub(crate) const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

pub(crate) struct Office {
    pub(crate) server: Server,
    pub(crate) settings: PathBuf,
    /// The password of every demonstration account.
    pub(crate) password: String,
}

impl Office {
    /// An office with these further settings, in the last of these phases: until one is open, only the operator
    /// may change anything.
    pub(crate) fn open(settings: &str, phases: &[&str]) -> Office {
        Office::open_with(settings, phases, |_| {})
    }

    /// The same; `prepare` does something more before the server starts.
    pub(crate) fn open_with(
        settings: &str,
        phases: &[&str],
        prepare: impl FnOnce(&PathBuf),
    ) -> Office {
        let settings = settings_with(settings);
        let run = |arguments: &[&str]| printed_with(&settings, arguments);
        run(&["ledger", "load", "examples/south-of-tyne-and-wear"]);
        for phase in phases {
            run(&["phase", "open", CYCLE, phase]);
        }
        let made = run(&["account", "demonstration", "--in", "ledger:"]);
        let (_, password) = made.split_once("password of each: ").expect("a password");
        let password = password.trim().to_owned();
        prepare(&settings);
        Office {
            server: Server::on_ledger(&settings),
            settings,
            password,
        }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.server.address())
    }

    /// Somebody signs in, or tries to.
    pub(crate) fn sign_in(&self, browser: &mut Browser, name: &str, password: &str) -> Page {
        let token = browser.get("/sign-in").field("form-token");
        let fields = [
            ("form-token", token.as_str()),
            ("name", name),
            ("password", password),
        ];
        browser.post("/sign-in", &fields)
    }

    /// The browser of somebody who has signed in with this password.
    pub(crate) fn desk_with(&self, name: &str, password: &str) -> Browser {
        let mut browser = self.browser();
        let desk = self.sign_in(&mut browser, name, password);
        let place = (desk.status, desk.address.as_str());
        assert_eq!(place, (200, "/desk"), "{}", desk.text());
        browser
    }

    /// The browser of one of the invented people, who has signed in.
    pub(crate) fn desk_of(&self, name: &str) -> Browser {
        self.desk_with(name, &self.password)
    }
}
