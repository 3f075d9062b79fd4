from __future__ import annotations

from django.urls import path

from content.views import by_hand, slots

# /content/publications/…/by-hand/
by_hand_urls = [
    path(
        "publications/<int:publication_id>/by-hand/",
        by_hand.publication_by_hand,
        name="publication_by_hand",
    ),
    path(
        "publications/<int:publication_id>/by-hand/claim/",
        by_hand.publication_claim,
        name="publication_claim",
    ),
    path(
        "publications/<int:publication_id>/by-hand/record/",
        by_hand.publication_record,
        name="publication_record",
    ),
    path(
        "publications/<int:publication_id>/by-hand/hand-back/",
        by_hand.publication_hand_back,
        name="publication_hand_back",
    ),
    path(
        "publications/<int:publication_id>/by-hand/files/<int:number>/",
        by_hand.publication_file,
        name="publication_file",
    ),
    path(
        "publications/<int:publication_id>/by-hand/screenshot/",
        by_hand.publication_screenshot,
        name="publication_screenshot",
    ),
    path(
        "publications/<int:publication_id>/way/",
        by_hand.publication_way,
        name="publication_way",
    ),
]

# /content/slots/
slot_urls = [
    path("slots/", slots.slot_list, name="slot_list"),
    path("slots/add/", slots.slot_add, name="slot_add"),
    path("slots/<int:slot_id>/remove/", slots.slot_remove, name="slot_remove"),
]

urlpatterns = [*by_hand_urls, *slot_urls]
