"""The roles of the people who look after a delivery, and what each may do by hand.

Three jobs, as "Deploy software programmatically" in the AWS Well-Architected Framework (OPS05-BP10,
SEC11-BP06) parts them: who changes the code, who judges the change, and who keeps it running.
None of them can do another's part, so that a release always needs more than one person. A fourth
role is for emergencies.
"""
