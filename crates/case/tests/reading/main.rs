//! Reads the folders and files beside this one and compares the results with the expected ones.
//!
//! `UPDATE=1 cargo test -p wcc-case` rewrites the expected results.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod frameworks;
#[cfg(test)]
mod line_ends;
#[cfg(test)]
mod never_panics;
#[cfg(test)]
mod organisations;
#[cfg(test)]
mod quotes;
#[cfg(test)]
mod real;
#[cfg(test)]
mod support;
