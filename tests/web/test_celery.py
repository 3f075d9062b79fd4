from __future__ import annotations

from threading import Thread

from celery import current_app

from govsocial.celery import app


def test_every_thread_of_the_web_server_sends_tasks_through_our_application() -> None:
    found = []
    thread = Thread(target=lambda: found.append(current_app.main))
    thread.start()
    thread.join()
    assert found == [app.main]
