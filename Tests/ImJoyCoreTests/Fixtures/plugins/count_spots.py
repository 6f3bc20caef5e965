from imjoy_rpc import api


class CountSpots:
    def setup(self):
        pass

    def run(self, ctx):
        return int((ctx["data"]["image"] > 10).sum())


api.export(CountSpots())
