"""Ways in which customers say what is worth a rule, and what sounds like it and is not.

The names are the labels of `drivers.DRIVERS`. Nothing here is taken from a data set.
"""

from typing import Final

from assist_engine.understanding.exemplars import Calibration, sentences

EXAMPLES: Final = {
    "Threat to cancel": """
        i want to end everything i have with you
        i am done with your company and i am leaving
        what do i have to do to get out of this contract
        if this is not fixed today you have lost me as a customer
        i am seriously thinking about going to somebody else
        please disconnect me i do not want to be your customer anymore
        you are about to lose a customer
        i have had enough i want out
        take me off your books i am finished with you
        i do not see any reason to stay with you
        i will find another company that treats me better
        this is the last time that i buy anything from you
        after this i will never do business with you again
        just shut the whole account down i am going elsewhere
    """,
    "Has called before": """
        i have been calling about this for weeks
        every time i phone somebody tells me something else
        this is not the first time that i contact you about it
        i have told this story to four of your colleagues
        i spoke to one of your people on monday and nothing happened
        i was on the phone with you yesterday about the same problem
        how many more times do i have to call
        i got in touch about this last week and i am still waiting
        i have been through all of this with the last person
        nobody ever called me back so here i am again
        you have my complaint from last month and it is still not solved
        i have lost count of how often i have rung you
    """,
    "Wants money back": """
        i want to be paid back for what i was charged
        when do you return what i paid
        i would like a full refund for this order
        you took the money twice and i want it returned
        please give me back the amount that i paid
        i expect you to compensate me for this
        put the money back on my card
        i am not paying for something that never came so return it
        can you credit me what i was overcharged
        i want compensation for the trouble
    """,
    "Compares with a competitor": """
        i saw the same thing for less money at another company
        your rivals charge half of that
        my neighbor pays much less with her provider
        the other company offered me a better deal
        somebody else gives new customers six months free
        i could get that cheaper from someone else
        i found a much better price somewhere else
        other banks do not take a fee for this
    """,
    "Complaint": """
        i want to complain
        i want this put on record as a complaint
        i am extremely unhappy with how i have been treated
        your service has been nothing but a disaster
        the way your colleague spoke to me was rude and unprofessional
        this is the worst company i have ever dealt with
        i am very disappointed with the way you handled this
        how do i make a formal complaint about one of your employees
        you people have been absolutely useless
        i have never been treated so badly by a company
        i will tell everybody how you treat your customers
        i am going to leave a terrible review about this
        where can i send a letter of complaint
    """,
    "Legal threat": """
        i will see you in court
        you will be hearing from my lawyer
        i am going to take legal steps against your company
        my solicitor says that you are breaking the law
        i will report this to the authorities
        i am prepared to sue over this
        what you are doing is illegal and i will not let it go
        i am going to the ombudsman with this
        i have already talked to an attorney about it
        this is fraud and i am going to the police about your company
        i will let a judge decide about that
        i will file a claim against you
    """,
    "Wants a manager": """
        can i talk to somebody above you
        i want to speak with a manager right now
        let me talk to your supervisor please
        is there somebody there who is allowed to decide this
        you clearly can not help me so give me someone who can
        put me through to the person in charge
        i am not discussing this with you any further get me your boss
        who do you report to i want to talk to them
        i would like this to be taken to a higher level
        connect me with management
        i need somebody more senior on the phone
        pass me on to a team leader
    """,
    "Bereavement": """
        my husband passed away last month
        my mother died and i have to close her account
        we have just lost our father
        i am calling because the account holder has died
        she is no longer with us
        my wife died two weeks ago and everything was in her name
        there has been a death in the family
        i am the executor of my late father's estate
        we buried my brother on saturday
        i am on my own now since he passed
    """,
    "Illness": """
        i am in the hospital at the moment
        i have been diagnosed with cancer
        my son is very ill and i need to be with him
        i am having chemotherapy
        my husband had a stroke and i look after him
        i had a heart attack in spring and i can not handle this
        i have been seriously ill for months
        my mother has dementia and does not understand the letters
        i depend on a medical device that needs power
        i am waiting for an operation and can not leave the bed
        my little girl is in intensive care
    """,
    "Distress": """
        i just can not cope with this anymore
        i do not know how to go on
        i am at the end of my strength
        this is making me ill i can not sleep at night because of it
        i suffer from depression and this is too much for me
        i am having a breakdown
        i can not stop crying
        i do not want to live anymore
        everything is falling apart and i can not handle it
        my anxiety is so bad that i am afraid to open letters
    """,
    "Money trouble": """
        i lost my job and i can not pay the bill
        i have no money left for food this month
        we are three months behind with the rent
        i can not afford to heat my home
        i am out of work and the bills keep coming
        i was laid off in march and my savings are gone
        they are going to evict us if i pay you
        i am drowning in debt
        i have to choose between eating and paying you
        my hours were cut and i can not keep up with the payments
        i had to borrow money to buy groceries
    """,
    "Disability": """
        i am blind and can not read the letter
        i am deaf so calls are hard for me
        i use a wheelchair and can not get to the branch
        i can not see very well so the screen is no use to me
        i have a learning disability please explain it slowly
        i do not hear well could you write to me instead
        my hands do not work so i can not type
        i am disabled and can not leave the house
        i have trouble remembering things since my accident
        somebody has to help me because i can not read
    """,
    "Danger": """
        my ex husband is violent and must not get my address
        i smell gas in the kitchen
        the device caught fire
        i am afraid of my partner he controls my account
        i got an electric shock from it
        i had to leave home because he hit me
        somebody is following me and has my phone number
        there is smoke coming out of the box
        i do not feel safe in my own house
        he threatens to kill me
    """,
    "Thanks": """
        thank you so much for your help
        thanks a lot that is very kind of you
        you have been really helpful
        i really appreciate what you did for me
        i am so grateful that you sorted this out
        that is wonderful you saved my day
        you are the first one who could help me
        many thanks for your patience
        bless you that is very good of you
        that was great service
    """,
}

NEUTRAL: Final = sentences("""
    i want to cancel this order
    can i change the date of my appointment
    how do i cancel a transfer
    what happens when my contract ends
    i am moving to another apartment next month
    i want to switch to a larger plan
    i would like to close the window on the screen
    can i leave the parcel with a neighbor
    which plan is the cheapest
    how much does it cost per month
    i saw an offer on your website
    is there a better plan for me
    when will my refund arrive
    what is your refund policy
    i received a payment that i do not know
    how do i get cash from a machine
    why was i charged a fee
    can you call me back later
    i am calling about my order
    i am calling for the first time
    i need to ask something about my bill
    somebody called me from this number
    i talked to my wife about it
    i asked my neighbor about the parcel
    my manager asked me to call you
    my boss ordered it for the office
    i am the manager of a small shop
    how do i reach the sales department
    can i talk to a technician
    is there somebody who speaks spanish
    which documents do i need
    my lawyer needs a copy of the contract
    i work for a law firm
    is it legal to use it abroad
    i need a receipt for the tax office
    my mother wants to open an account
    i am calling for my husband
    my wife ordered it for me
    my father gave me a gift card
    i am at the hotel at the moment
    i work at the hospital
    i am going to the doctor at three so call me before
    i lost my card
    i lost my password
    i forgot my pin
    my internet does not work
    the router is dead
    the battery died
    the screen is black and i can not see anything
    i can not hear you the line is bad
    i can not read the number on the card it is worn off
    i can not log in
    i can not pay by card on the website
    i can not find the button in the app
    my payment was declined
    the price went up
    that is too expensive
    i am worried about my card
    somebody used my card
    i am angry that it is late
    i have been waiting for my parcel
    it still has not arrived
    it is broken and i want a new one
    nobody was at home when it came
    my name is john smith
    my number is five five five one two three
    my date of birth is the third of may
    yes that is right
    no that is all
    okay i will wait
    hello good morning
    can you hear me
    one moment please i have to look for it
    goodbye
    that works for me
    yes please send it
    great when does it come
    i like the new app
    what time do you open
    how long does it take
    where is my parcel
    i want to change my address
    i want to order another one
    i would like to book a technician
    can you explain the bill to me
    what do you mean
    what is the difference between the two cards
    the light on the box is red
    i am traveling next week
    i have a question about insurance
    i want to add my son to the account
    i bought it two weeks ago
    i tried it three times
    i restarted it twice
    thank goodness it is friday
    i hope that it works
    my friend told me about your company
    i saw a funny movie yesterday
    i do not know
    i think so
    i want to report a lost card
    the app crashed and i can not pay
    how do i file a claim for my windshield
    i need a copy of my policy
    my flight was canceled
    i want to change my seat
""")

# Fitted by benchmarks/drivers.py on its development sentences, neutral comments and questions.
CALIBRATION: Final = Calibration(intercept=-7.69, score=9.72, margin=14.65)
THRESHOLD: Final = 0.5
