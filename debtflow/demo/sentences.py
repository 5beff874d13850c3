"""What collectors write, in their words. {debtor}, {creditor} and {balance} are filled in."""

# With the outcome of each, and the channel.
NOBODY_REACHED = {
    "Called the number on file: no answer, no message left.": ("no_answer", "call"),
    "Rang through to voicemail, mailbox full.": ("no_answer", "call"),
    "Left a limited-content message asking {debtor} to call back.": ("voicemail", "call"),
    "Line busy twice, will try another time of day.": ("busy", "call"),
    "Someone else picked up, {debtor} not at home. Nothing disclosed.": ("third_party", "call"),
    "Voicemail, no message left. Greeting confirms the name.": ("no_answer", "call"),
    "Sent an e-mail with our number and the reference.": ("sent", "email"),
    "The e-mail came back: no such mailbox.": ("bounced", "email"),
    "Letter with the balance and our number went out.": ("sent", "letter"),
    "The letter came back: moved, left no address.": ("returned", "letter"),
    "Went by the address on file: nobody there, nothing left at the door.": ("nobody_there", "in_person"),
}
# Conversations that the debtor began: outcome and channel. All others are calls of ours.
BEGUN_BY_DEBTOR = {
    "{debtor} called back. Had moved and never got the bills from {creditor}. Asked for the balance in writing.": (
        "spoke", "call",
    ),
    "{debtor} answered our e-mail: wants the itemized bill before anything else.": ("replied", "email"),
    "{debtor} wrote a letter: has been in the hospital, will look at it next week.": ("replied", "letter"),
    "{debtor} came by the office with the papers. Went through them together.": ("spoke", "in_person"),
    "{debtor} called in during lunch: still waiting for a paycheck.": ("spoke", "call"),
    "{debtor} answered by e-mail: can start with a small amount.": ("replied", "email"),
}  # fmt: skip
PROMISED = (
    "{debtor} will pay by card after payday and repeated the amount and the day.",
    "Offered a first payment, {debtor} named the day. Confirmation goes out by e-mail.",
    "{debtor} asked what would stop the calls: a payment on the agreed day. Promised it.",
)
FIRST_CONVERSATION = (
    "Spoke with {debtor}, identity confirmed. Knows the debt to {creditor}; will look at the budget this week.",
    "{debtor} called back. Had moved and never got the bills from {creditor}. Asked for the balance in writing.",
    "Right party. {debtor} thought insurance had paid; is going to check with the insurer and call back.",
    "Reached {debtor} at the mobile number. Prefers afternoons after 3 PM. Not at work, please.",
    "Spoke with {debtor} for six minutes. Confirmed address and e-mail. Wants to sort this out after payday.",
    "{debtor} answered, confirmed the last four digits. Says {balance} seems high; explained how it is made up.",
    "First conversation. {debtor} is between jobs, starts a new one next month.",
    "{debtor} answered our e-mail: wants the itemized bill before anything else.",
    "{debtor} wrote a letter: has been in the hospital, will look at it next week.",
)
LATER_CONVERSATION = (
    "{debtor} asks for one more week, waiting for a paycheck.",
    "Spoke with {debtor}: could do a first payment at the end of the month.",
    "{debtor} got our letter and has no questions. Will talk to spouse before deciding.",
    "Went through income and rent with {debtor}. Something around five percent a month looks realistic.",
    "{debtor} wants to pay in full with a tax refund. Expected within three weeks.",
    "Short call, {debtor} was driving. Agreed to speak again later this week.",
    "{debtor} came by the office with the papers. Went through them together.",
    "{debtor} called in during lunch: still waiting for a paycheck.",
    "{debtor} answered by e-mail: can start with a small amount.",
)
NOTES = (
    "New address from the returned letter, confirmed by {creditor}.",
    "Insurance paid part of the original bill; {creditor} confirmed that the rest is the patient's responsibility.",
    "{creditor} sent the itemized statement. Forwarded a copy.",
    "Prefers e-mail to calls. Consent is on file.",
    "Employer changed, paid on the 1st and the 15th.",
    "Statement with the dated breakdown of {balance} went out by mail.",
)
HARDSHIP = (
    "{debtor} cannot pay {balance} at once. Hours were cut in spring; open to a plan.",
    "Medical leave until next month. {debtor} wants instalments and no calls at work.",
    "{debtor} supports two children on one income. Asked what the smallest instalment would be.",
    "Spoke about {balance}. {debtor} offers a lump sum if {creditor} takes less.",
    "{debtor} is willing to pay but wants everything in writing first.",
)
WHY_SO_LITTLE = (
    "{debtor} lives on a pension and can borrow this much from family, once.",
    "Laid off in spring; the tax refund would cover it.",
    "Threatens bankruptcy; {creditor} would get less there.",
)
OFFERS = (
    "Offered ten instalments. Will confirm by the end of the week.",
    "{creditor} accepts settlements down to 60 percent if paid within 30 days.",
    "Counter-offer: half now, the rest over six months. With the manager.",
    "Sent the offer by e-mail; it stands for 14 days.",
)
AGREED = (
    "{debtor} accepts the plan and repeats amount and dates. Confirmation goes out in writing.",
    "Plan agreed on the phone: first instalment within the week, reminders by e-mail.",
    "Agreed. {debtor} asked for due dates right after payday.",
)
SETTLEMENT_OFFERED = (
    "{creditor} approved the settlement. {debtor} pays by bank transfer within ten days.",
    "Settlement agreed, letter sent. {debtor} is borrowing the amount from family.",
)
DISPUTES = (
    "Says the service was never provided and has asked for proof.",
    "Paid {creditor} directly last year, has the receipt.",
    "The amount is wrong: a returned item was never credited.",
    "Not my debt: somebody else with the same name.",
    "Insurance should have covered this; appeal is pending.",
    "Identity theft: a police report has been filed.",
)
DISPUTE_RAISED = (
    "{debtor} disputes the debt. Collection stops until it is verified.",
    "{debtor} sent a dispute letter within the 30 days. Calls stopped, verification requested from {creditor}.",
)
VERIFIED = (
    "{creditor} sent signed agreement and statements. Verification mailed to the debtor.",
    "Itemized bill and insurer's denial received from {creditor}; copy mailed.",
)
# Why an admin withdraws an account, and what the collector wrote before.
WITHDRAWALS = {
    "recalled": (
        "{creditor} recalls the account: paid at the counter.",
        "Recall notice from {creditor} in today's file.",
    ),
    "bankrupt": ("Chapter 7 petition filed, attorney's letter received. No further contact.",),
    "deceased": ("Daughter reports that {debtor} has died; death certificate received. Condolences sent.",),
    "uncollectible": ("Four bad numbers, mail returned twice, no assets found. Recommend to give back.",),
    "time_barred": ("The limitation period has run out according to the last payment date.",),
    "error": ("{creditor} placed it by mistake: it had been paid.",),
}
METHODS = ("bank_transfer", "bank_transfer", "bank_transfer", "check", "check", "cash")
NEXT = {
    "assigned": ("First call", "Call again", "Try the evening", "Call the second number", "Send the first letter"),
    "in_contact": ("Callback", "Callback", "Confirm budget", "Ask for the insurer's answer", "Send itemized bill"),
    "negotiating": (
        "Answer to the offer",
        "Callback about the plan",
        "Confirm the down payment",
        "Send plan in writing",
    ),
    "payment_plan": ("Remind of the instalment", "Confirm the payment"),
    "disputed": ("Send verification", "Ask the creditor for documents", "Answer the dispute letter"),
}
