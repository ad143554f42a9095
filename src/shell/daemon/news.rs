//! What the loop does with what a look at the files found.

use serde_json::json;

use super::Daemon;
use crate::core::Input;
use crate::model::diagnostic::Diagnostic;
use crate::model::refusal::Refusal;
use crate::shell::watch::News;
use crate::view::answer::reload::ReloadAnswer;
use crate::view::drift::in_force;

impl Daemon {
    /// Takes over what a look at the files found, and answers those who asked for it.
    pub(super) async fn hear(&mut self, news: News) {
        let News {
            result,
            blind,
            answers,
        } = news;
        if self.shared.read().blind != blind {
            self.shared.update(|status| status.blind = blind);
        }
        let trouble = match result {
            Ok(set) => {
                if let Some(set) = set {
                    let before = self.shared.read().diagnostics.clone();
                    self.unshown = Some(set.clone());
                    self.turn(vec![Input::JobsLoaded(set)]).await;
                    self.log_findings(&before);
                }
                None
            }
            Err(sentence) => Some(sentence),
        };
        self.health.set("jobs", trouble.clone());
        for waiting in answers {
            let told = match &trouble {
                Some(cause) => Err(Refusal::ReloadFailed {
                    cause: cause.clone(),
                }),
                None => Ok(json!(ReloadAnswer::of(&self.shared.read(), waiting.seen))),
            };
            // A caller that went away needs no answer.
            let _ = waiting.answer.send(told);
        }
    }

    /// Logs each bad file that a set brought, with the version that stays in force.
    pub(super) fn log_findings(&self, before: &[Diagnostic]) {
        let status = self.shared.read();
        for finding in &status.diagnostics {
            if finding.is_error() && !before.contains(finding) {
                let place = finding.place();
                let error = finding.message.en.as_str();
                let in_force = in_force(&status, finding).map(|version| version.name());
                tracing::warn!(place, code = finding.code, error, in_force, "bad job file");
            } else if finding.code == "needs-restart" && !before.contains(finding) {
                tracing::warn!(key = finding.key.as_str(), "setting waits for a restart");
            }
        }
    }
}
