"""A product apart from its photo's background, without a network.

`finding.find_product` tells where it is, `matting.cut_out` also its soft edges and its shadow. Both take about half a second for 640 x 640 pixels, and need scipy: `pip install 'prodgen-sdk[cutout]'`.
"""
