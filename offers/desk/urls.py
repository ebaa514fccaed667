from django.urls import path

from offers.desk import views

urlpatterns = [
    path("angebote/rueckfrage/<str:token>/", views.answer_question, name="answer_question"),
]
