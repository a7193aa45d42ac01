"""Ways in which agents do what they should, and what sounds like it and is not.

The names are those of `behaviours.BEHAVIOURS`. Nothing here is taken from a data set.
"""

from typing import Final

from assist_engine.understanding.exemplars import Calibration, sentences

EXAMPLES: Final = {
    "greeting": """
        hello and welcome you are speaking with anna what can i do for you
        good morning this is tom from customer service
        hi there thanks for getting in touch my name is maria
        good afternoon what brings you to us today
        customer care paul speaking
        welcome to the service team what is this about
        hello this is the help desk how may i be of service
        thanks for holding you are through to james
        hi you have reached billing my name is lisa
        good evening who am i speaking with
    """,
    "empathy": """
        i am sorry that you had to go through this
        i understand how frustrating that must be for you
        that should not have happened and i apologize
        oh no that sounds really stressful
        i can hear that this has been hard on you
        i would feel the same way in your place
        you have every right to be upset about it
        we let you down there and i am sorry
        that must have been a worrying day for you
        my condolences for your loss
        i see why you are disappointed
        thank you for telling me i know that is not easy
    """,
    "identity-check": """
        could you tell me your name and your birthday please
        before we go on i have to make sure that i am speaking with the account holder
        for security i need the last digits of your card
        may i have the number of your account
        please confirm your address for me
        what is the post code that we have on file
        can you verify the phone number you registered with
        i just have to ask you two security questions first
        who am i speaking with and what is your customer number
        for data protection please give me your date of birth
    """,
    "next-steps": """
        so this is what happens now we send the part and you get it tomorrow
        to sum up a technician comes on monday and checks the line
        the next step is that you get an email with a link
        once that is done you will see the money on your card
        after this call i book the replacement and you get a message
        in short i have opened a ticket and the team calls you
        you do not have to do anything the rest goes by itself
        what you need to do now is to send back the old one
        let me repeat what we agreed on
        from here our warehouse takes over and ships it today
    """,
    "closing": """
        thank you for calling and have a lovely day
        all the best to you goodbye
        it was a pleasure talking to you bye
        take care and call us any time
        enjoy the rest of your evening
        thanks for your patience today goodbye
        glad i could help you have a good one
        wishing you a nice weekend
        bye for now
    """,
    "recording-notice": """
        this call is recorded for training purposes
        just so you know we record our calls
        the conversation may be monitored for quality
        i have to tell you that this line is recorded
        are you okay with this call being recorded
        for quality and training we keep a recording of the call
    """,
    "further-help": """
        is there anything else i can do for you
        do you have any other questions for me
        can i help you with something else today
        was there anything more you wanted to ask
        is everything clear or is something still open
        did that answer all of your questions
        what else can i do for you today
    """,
}

NEUTRAL: Final = sentences("""
    let me check that for you
    one moment please
    i can see your order here
    the package was lost in transit
    is the light green or red
    i am running a test on your line
    it takes about one minute
    which one would you like
    the price is fifty dollars a month
    we have two plans that fit
    did you make that purchase
    i see one charge in madrid
    the replacement costs nothing
    can you restart the router for me
    please hold the button for ten seconds
    do you see a number on the back
    what color is it
    when did you order it
    does thursday work for you
    okay
    yes that is correct
    no i do not see that here
    i can offer you a discount
    the policy covers water damage
    you can find that in the app under settings
    it depends on the size
    we do not have that in stock
    i am looking at your account now
    i have blocked the card
    sorry can you say that again
    sorry i did not catch that
    how long have you had this problem
    what does the screen say
    please spell that for me
    the fee is two percent
    the shop opens at nine
    that is a good question
    you have been a customer for six years
    it is free of charge
    i have to ask my colleague
""")

# A logistic regression fitted on tests/held_out/behaviours-dev.tsv.
CALIBRATION: Final = Calibration(intercept=-3.42, score=6.28, margin=11.81)
THRESHOLD: Final = 0.7
