from django.urls import URLPattern, path

from networks import views

app_name = "networks"
urlpatterns: list[URLPattern] = [
    path("", views.network_list, name="list"),
    path("<slug:slug>/", views.network_detail, name="detail"),
]
