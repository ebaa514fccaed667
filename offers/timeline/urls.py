from django.urls import path

from offers.timeline import views

urlpatterns = [path("kette/kind/", views.child_timeline, name="child_timeline")]
