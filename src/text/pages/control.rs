//! Words of what is asked for: runs, pauses, the login.

/// Adds these words to those of the subjects before it, and hands all of them on to the next one.
macro_rules! control {
    ([$next:ident $($then:ident)*] $($words:tt)*) => {
        $next! { [$($then)*] $($words)*
            prod: "Production", "Production";
            test: "Test mode", "Mode test";
            std: "Standard", "Standard";
            mode: "Mode", "Mode";
            a_run: "Run now", "Lancer";
            a_pause: "Pause", "Pause";
            a_pause_until: "Until", "Jusqu’à";
            a_pause_open: "it is resumed", "la reprise par quelqu’un";
            a_pause_why: "Reason", "Motif";
            a_resume: "Resume", "Reprendre";
            a_edit: "Edit", "Modifier";
            a_edit_git: "Edit in git", "Modifier dans git";
            a_copy: "Copy", "Copier";
            a_copied: "Copied", "Copié";
            a_run_help:
                "This page is read-only. To run this job now, on the server:",
                "Cette page est en lecture seule. Pour lancer ce job maintenant, sur le serveur :";
            a_pause_help:
                "Pause right away, without touching the file:",
                "Pause immédiate, sans toucher au fichier :";
            a_pause_after:
                "For a lasting pause, set enabled: false in the file and commit.",
                "Pour une pause durable, mettez enabled: false dans le fichier, puis enregistrez-le \
                 dans git.";
            a_run_prod:
                "Production mode: real messages will be sent. Harmless trial:",
                "Mode production : de vrais messages seront envoyés. Essai sans effet :";
            cf_title: "Run “{n}” now?", "Lancer « {n} » maintenant ?";
            cf_cancel: "Cancel", "Annuler";
            cf_dry: "Run in test mode", "Lancer en mode test";
            cf_go: "Run in production", "Lancer en production";
            toast_run:
                "Run started: the job begins right away",
                "Exécution lancée : le job démarre immédiatement";
            toast_on:
                "Schedule enabled: the job will run on schedule",
                "Planification activée : le job va s’exécuter selon sa planification";
            toast_off:
                "Schedule paused: the job will not run by itself",
                "Planification en pause : le job ne s’exécutera plus automatiquement";
            prod_title: "Production mode", "Mode Production";
            login_token: "Token", "Jeton";
            login_token_h:
                "It is in the file on the server that jobsd.yaml names as control.token_file.",
                "Il est dans le fichier du serveur que jobsd.yaml nomme control.token_file.";
            login_name: "Your name, for the journal", "Votre nom, pour le journal";
            login_wrong: "That is not the token.", "Jeton incorrect.";
            login_title: "Log in", "Se connecter";
            act_done: "Done", "Fait";
            a_cancel_run: "Cancel run", "Annuler l’exécution";
            a_resume_help: "Lift the pause:", "Lever la pause :";
            a_cancel_help: "To end this run, on the server:", "Pour arrêter cette exécution, sur le \
                serveur :";
        }
    };
}
