//! What the pages show: typed templates over words that are ready to read.
//!
//! A handler asks the desk, chooses the words and fills one of these structs; the template of the same name turns it
//! into HTML. Nothing here decides anything, and nothing here knows the engine.
//!
//! | side | structs | templates |
//! |---|---|---|
//! | both | [`shared`], [`figure`], [`icon`], [`words`] | `templates/*.html`, `templates/part/` |
//! | patient | [`patient`] | `templates/patient/` |
//! | clinic | [`clinic`] | `templates/clinic/` |

pub mod clinic;
pub mod figure;
pub mod icon;
pub mod patient;
pub mod shared;
pub mod words;
