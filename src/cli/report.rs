//! `gradatie report`: a policy version as a public page.

use super::arguments::Common;
use super::{Ended, output, rules};
use crate::diagnostic::Diagnostic;
use crate::diagram::Bounds;
use crate::diff::diff;
use crate::files::write_whole;
use crate::overview::overview;
use crate::policy::{Policies, PolicyVersion, SourceText};
use crate::report::{Earlier, PolicyPage, policy_html};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie report mali/2025 --out policy.html\n  \
    gradatie report mali/2025 --since mali/2023 --lang nl > policy.html")]
pub(super) struct Report {
    /// The policy version, as `country/version` or as its folder.
    #[arg(value_name = "ID")]
    pub policy: String,
    /// The version to compare with; else the one that began last before.
    #[arg(long, value_name = "ID")]
    pub since: Option<String>,
    /// The page to write; else it goes to standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

pub(super) fn run(common: &Common, command: &Report) -> Ended {
    let page = match page(common, command) {
        Ok(page) => page,
        Err(faults) => {
            output::faults(&faults);
            return Ended::NotDone;
        }
    };
    output::faults(&page.warnings);
    match &command.out {
        None => output::finished(&page.html, Ended::Done),
        Some(out) => match write_whole(out, page.html.as_bytes()) {
            Ok(()) => Ended::Done,
            Err(error) => {
                output::message(&format!("error: `{}` cannot be written: {error}", out.display()));
                Ended::NotDone
            }
        },
    }
}

struct Written {
    html: String,
    warnings: Vec<Diagnostic>,
}

fn page(common: &Common, command: &Report) -> Result<Written, Vec<Diagnostic>> {
    let one = |fault: Diagnostic| vec![fault];
    let (tree, id) = Policies::find(&rules(common)?, &command.policy).map_err(one)?;
    let named = |name: &str| Policies::named(&tree, name);
    let policy = named(&id.to_string())?;
    let earlier = match &command.since {
        Some(since) => Some(Policies::named(&rules(common)?, since)?),
        None => match Policies::earlier(&tree, &id).map_err(one)? {
            Some(earlier) => Some(named(&earlier.to_string())?),
            None => None,
        },
    };
    let bounds = Bounds::default();
    let own = overview(&policy, &bounds).map_err(one)?;
    let of_earlier = match &earlier {
        Some(earlier) => Some((
            earlier,
            overview(earlier, &bounds).map_err(one)?,
            diff(earlier, &policy).map_err(one)?,
        )),
        None => None,
    };
    let map = PolicyVersion::tile_map(&tree, &id.country, &policy.gazetteer)?;
    let text = SourceText::of(&tree, &policy).map_err(one)?;
    let html = policy_html(
        &PolicyPage {
            policy: &policy,
            overview: &own,
            map: map.as_ref(),
            earlier: of_earlier.as_ref().map(|(policy, overview, difference)| Earlier {
                policy,
                overview,
                difference,
            }),
            text: text.as_ref(),
        },
        common.language(),
    );
    Ok(Written {
        html,
        warnings: text.map(|text| text.disagreements).unwrap_or_default(),
    })
}
