"""stub"""
def control_routes(engine):
    return []
