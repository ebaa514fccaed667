from django.urls import URLPattern, path

from partners import views

app_name = "partners"
urlpatterns: list[URLPattern] = [
    path("", views.partner_list, name="list"),
    path("<slug:slug>/", views.partner_detail, name="detail"),
]
