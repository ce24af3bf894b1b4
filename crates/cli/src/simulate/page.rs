//! The report as a page.
use lamella_cohort::report::Report;
/// One self-contained page.
pub fn html(report: &Report) -> String {
    format!("<!doctype html><title>{}</title>", report.cohort)
}
