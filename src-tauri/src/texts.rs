//! Texts of native dialogs and notifications. The texts of the page are in `ui/src/i18n`.

use crate::settings::Language;

/// All texts in one language.
pub(crate) struct Texts {
    pub(crate) choose_files: &'static str,
    pub(crate) choose_folder: &'static str,
    /// Title of the dialog for the folder of one transfer.
    pub(crate) choose_destination: &'static str,
    /// Title of the dialog for the setting.
    pub(crate) choose_download_folder: &'static str,
    pub(crate) quit_title: &'static str,
    pub(crate) quit_transfers: &'static str,
    pub(crate) quit_call: &'static str,
    pub(crate) quit_call_and_transfers: &'static str,
    pub(crate) quit: &'static str,
    pub(crate) keep_running: &'static str,
    /// A name and the number of files.
    pub(crate) with_count: fn(name: &str, files: u32) -> String,
    /// The partner's name.
    pub(crate) offer: fn(partner: &str) -> String,
    /// What, and the partner's name.
    pub(crate) from: fn(what: &str, partner: &str) -> String,
    /// The folder's name.
    pub(crate) received_in: fn(folder: &str) -> String,
    pub(crate) received: &'static str,
    /// The number of files.
    pub(crate) received_partly: fn(failed: u32) -> String,
    pub(crate) not_received: &'static str,
    /// What, and the partner's name.
    pub(crate) to: fn(what: &str, partner: &str) -> String,
    pub(crate) delivered: &'static str,
    /// The number of files.
    pub(crate) delivered_partly: fn(failed: u32) -> String,
    pub(crate) not_delivered: &'static str,
}

const EN: Texts = Texts {
    choose_files: "Choose files to send",
    choose_folder: "Choose a folder to send",
    choose_destination: "Choose where to save",
    choose_download_folder: "Choose the folder for received files",
    quit_title: "Quit Maru?",
    quit_transfers: "Transfers are running. Quit anyway? They can be resumed later.",
    quit_call: "You are in a call. Quit and leave it?",
    quit_call_and_transfers: "You are in a call, and transfers are running. Quit anyway? The transfers can be resumed later.",
    quit: "Quit",
    keep_running: "Keep running",
    with_count: |name, files| match files {
        1 => format!("{name} (1 file)"),
        _ => format!("{name} ({files} files)"),
    },
    offer: |partner| format!("{partner} wants to send you files"),
    from: |what, partner| format!("{what} from {partner}"),
    received_in: |folder| format!("Received: in the folder “{folder}”"),
    received: "Received",
    received_partly: |failed| match failed {
        1 => "Received, but 1 file failed".into(),
        _ => format!("Received, but {failed} files failed"),
    },
    not_received: "Could not be received",
    to: |what, partner| format!("{what} to {partner}"),
    delivered: "Delivered",
    delivered_partly: |failed| match failed {
        1 => "Delivered, but 1 file failed".into(),
        _ => format!("Delivered, but {failed} files failed"),
    },
    not_delivered: "Could not be delivered",
};

const KO: Texts = Texts {
    choose_files: "보낼 파일 고르기",
    choose_folder: "보낼 폴더 고르기",
    choose_destination: "저장할 곳 고르기",
    choose_download_folder: "받은 파일을 저장할 폴더 고르기",
    quit_title: "Maru를 끝낼까요?",
    quit_transfers: "파일을 주고받는 중이에요. 그래도 끝낼까요? 나중에 이어서 할 수 있어요.",
    quit_call: "통화 중이에요. 통화에서 나가고 끝낼까요?",
    quit_call_and_transfers: "통화하면서 파일을 주고받는 중이에요. 그래도 끝낼까요? 파일은 나중에 이어서 주고받을 수 있어요.",
    quit: "끝내기",
    keep_running: "계속하기",
    with_count: |name, files| format!("{name} (파일 {files}개)"),
    offer: |partner| format!("{partner} 님이 파일을 보내려고 해요"),
    from: |what, partner| format!("{partner} 님이 보낸 {what}"),
    received_in: |folder| format!("“{folder}” 폴더에 받았어요"),
    received: "받았어요",
    received_partly: |failed| format!("받았지만 파일 {failed}개는 받지 못했어요"),
    not_received: "받지 못했어요",
    to: |what, partner| format!("{partner} 님에게 보낸 {what}"),
    delivered: "전달했어요",
    delivered_partly: |failed| format!("전달했지만 파일 {failed}개는 보내지 못했어요"),
    not_delivered: "보내지 못했어요",
};

/// The texts for a setting; for [`Language::System`] in the first of the system's languages that there are texts in.
pub(crate) fn texts(setting: Language) -> &'static Texts {
    select(setting, sys_locale::get_locales())
}

/// As `resolveLanguage` in `ui/src/i18n/language.ts`. `preferred` are tags (BCP 47), the best first.
fn select(setting: Language, preferred: impl IntoIterator<Item = String>) -> &'static Texts {
    match setting {
        Language::Ko => return &KO,
        Language::En => return &EN,
        Language::System => {}
    }
    preferred
        .into_iter()
        .find_map(|tag| match tag.split('-').next() {
            Some(primary) if primary.eq_ignore_ascii_case("ko") => Some(&KO),
            Some(primary) if primary.eq_ignore_ascii_case("en") => Some(&EN),
            _ => None,
        })
        .unwrap_or(&EN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_decides_and_then_the_system() {
        let quit = |setting, preferred: &[&str]| {
            select(setting, preferred.iter().map(|tag| (*tag).into())).quit
        };
        assert_eq!(quit(Language::Ko, &["en-US"]), KO.quit);
        assert_eq!(quit(Language::En, &["ko-KR"]), EN.quit);
        assert_eq!(quit(Language::System, &["de-DE", "KO-kr", "en"]), KO.quit);
        assert_eq!(quit(Language::System, &["en-GB", "ko-KR"]), EN.quit);
        assert_eq!(quit(Language::System, &["kok-IN"]), EN.quit);
        assert_eq!(quit(Language::System, &[]), EN.quit);
    }
}
