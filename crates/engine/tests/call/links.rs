//! When links begin and end.

use maru_engine::{Command, LinkStatus};

use crate::support::{LINK, Page, connect};

#[tokio::test]
async fn commands_for_unknown_links_have_no_effect_and_links_are_limited() {
    let page = Page::open().await;
    page.command(Command::RestartIce { link: 99 });
    page.command(Command::CloseLink { link: 99 });
    let created = (0..100)
        .filter(|link| page.create_link(*link, false).is_ok())
        .count();
    assert_eq!(created, 32);
    assert!(page.create_link(0, false).is_err());
}

#[tokio::test]
async fn a_closed_link_reports_it_and_has_no_stats() {
    let (mut one, mut two) = Page::pair().await;
    connect(&mut one, &mut two).await;
    one.command(Command::CloseLink { link: LINK });
    one.wait_for_status(&[LinkStatus::Closed]).await;
    assert!(one.stats().await.is_none());
}

#[tokio::test]
async fn a_reload_closes_the_links_of_the_page_and_revokes_its_token() {
    let (mut one, mut two) = Page::pair().await;
    connect(&mut one, &mut two).await;
    let token = one.token();
    one.reload();
    two.wait_for_status(&[LinkStatus::Reconnecting, LinkStatus::Failed])
        .await;
    assert!(!one.accepts_worker(&token).await);
    assert!(one.accepts_worker(&one.token()).await);
}
