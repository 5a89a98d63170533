//! The case file that is watched with the rules.

pub const CASE: &str = "case: ML-1\ndecision_date: 2025-09-15\nfacts: {region: Kayes}\n---\ncase: ML-2\ndecision_date: \
                    2025-09-15\nfacts: {region: Gao}\n";
