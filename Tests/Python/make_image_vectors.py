#!/usr/bin/env python3
"""Writes Tests/Vectors/ndarray/imaging.json: what SciPy and scikit-image give for operations that the other groups leave out.

usage: make_image_vectors.py [FILE]    (with a Python that has scipy and scikit-image, such as .venv/peers/bin/python3)
The format is that of Tests/Vectors/ndarray/README.md.
"""
import json
import pathlib
import sys

import numpy as np
import scipy.ndimage as ndi
import skimage.color as skc
import skimage.exposure as ske
import skimage.filters as skf
import skimage.measure as skm
import skimage.metrics as skx
import skimage.morphology as skmo
import skimage.registration as skg
import skimage.restoration as skr
import skimage.transform as skt
import skimage.util as sku

rng = np.random.default_rng(20261201)


def smooth(shape, sigma=1.5):
    """A picture of floats between 0 and 1 with spots of some pixels."""
    a = ndi.gaussian_filter(rng.random(shape), sigma)
    return np.round((a - a.min()) / (a.max() - a.min()), 3)


unit, other = smooth((17, 22)), smooth((17, 22))
noisy = np.round(np.clip(unit + 0.1 * (rng.random(unit.shape) - 0.5), 0, 1), 3)
byte = (255 * smooth((16, 19))).astype(np.uint8)
word = (4000 * smooth((15, 18)) + 100).astype(np.uint16)
volume = smooth((6, 7, 8))
mask = smooth((14, 17), 1.2) > 0.5
colours = (255 * rng.random((5, 6, 3))).astype(np.uint8)
floats = np.round(rng.random((4, 5, 3)), 3)
labels = ndi.label(smooth((12, 15)) > 0.55)[0].astype(np.int32)
values = np.round(rng.random((12, 15)), 3)
cross = ndi.generate_binary_structure(2, 1)
corner = np.array([[0, 1, 0], [0, 1, 1], [0, 0, 0]], bool)
outside = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]], bool)

# The main parameters as data, by the case's name, where they have no name of their own in it.
PARAMETERS = {
    'dog': {'low_sigma': 1, 'high_sigma': 4}, 'h_maxima': {'h': 40}, 'h_minima': {'h': 40},
    'ball2': {'radius': 2}, 'diamond3': {'radius': 3}, 'octahedron2': {'radius': 2},
    'structure': {'rank': 3, 'connectivity': 2}, 'iterated': {'iterations': 3},
    'grey_opening': {'size': [3, 5]}, 'grey_closing': {'size': [3, 3], 'mode': 'wrap'}, 'gradient': {'size': [3, 3]},
    'morphological_laplace': {'size': [3, 3]}, 'rescale': {'scale': 0.5, 'anti_aliasing': True},
} | {f'{name}_disk': {'radius': 2} for name in ('erosion', 'dilation', 'closing', 'white_tophat', 'black_tophat')}

# name, operation, expression, inputs, relative and absolute tolerance
CASES = [
    (f'{name}_{kind}', f'filters.{name}', f'skf.{name}(a0)', [array], 1e-9, 1e-12)
    for name in ('scharr', 'prewitt', 'farid') for kind, array in (('f64', unit), ('volume', volume))
] + [
    ('roberts', 'filters.roberts', 'skf.roberts(a0)', [unit], 1e-9, 1e-12),
    ('dog', 'filters.difference_of_gaussians', 'skf.difference_of_gaussians(a0,1,4)', [unit], 1e-9, 1e-11),
    ('sauvola', 'filters.threshold_sauvola', 'skf.threshold_sauvola(a0,window_size=7,k=0.3)', [unit], 1e-9, 1e-11),
    ('isodata_u8', 'filters.threshold_isodata', 'skf.threshold_isodata(a0)', [byte], 0, 0),
    ('isodata_f64', 'filters.threshold_isodata', 'skf.threshold_isodata(a0)', [unit], 1e-12, 0),
    ('minimum_u8', 'filters.threshold_minimum', 'skf.threshold_minimum(a0)', [np.where(byte > 120, 60 + byte // 2, byte // 3).astype(np.uint8)], 0, 0),
    ('multiotsu', 'filters.threshold_multiotsu', 'skf.threshold_multiotsu(a0,classes=3)', [byte], 0, 0),
    ('hysteresis', 'filters.apply_hysteresis_threshold', 'skf.apply_hysteresis_threshold(a0,0.4,0.7)', [unit], 0, 0),
    ('log_f64', 'exposure.adjust_log', 'ske.adjust_log(a0,gain=1.5)', [unit], 1e-11, 1e-13),
    ('log_inverse', 'exposure.adjust_log', 'ske.adjust_log(a0,inv=True)', [unit], 1e-11, 1e-13),
    ('sigmoid', 'exposure.adjust_sigmoid', 'ske.adjust_sigmoid(a0,cutoff=0.4,gain=8)', [unit], 1e-11, 1e-13),
    ('clahe_f64', 'exposure.equalize_adapthist', 'ske.equalize_adapthist(a0,kernel_size=6,clip_limit=0.02,nbins=64)', [unit], 1e-9, 1e-11),
    ('clahe_u8', 'exposure.equalize_adapthist', 'ske.equalize_adapthist(a0)', [byte], 1e-9, 1e-11),
    ('match_f64', 'exposure.match_histograms', 'ske.match_histograms(a0,a1)', [unit, other], 1e-9, 1e-11),
    ('match_u8', 'exposure.match_histograms', 'ske.match_histograms(a0,a1)', [byte, 255 - byte // 2], 1e-9, 1e-11),
    ('bilateral', 'restoration.denoise_bilateral', 'skr.denoise_bilateral(a0,win_size=5,sigma_color=0.1,sigma_spatial=2)', [noisy], 1e-6, 1e-8),
    ('bilateral_edge', 'restoration.denoise_bilateral', "skr.denoise_bilateral(a0,sigma_color=0.2,sigma_spatial=1,mode='edge')", [noisy], 1e-6, 1e-8),
    ('nl_means', 'restoration.denoise_nl_means', 'skr.denoise_nl_means(a0,patch_size=5,patch_distance=4,h=0.08)', [noisy], 1e-4, 1e-5),
    ('tv', 'restoration.denoise_tv_chambolle', 'skr.denoise_tv_chambolle(a0,weight=0.15)', [noisy], 1e-8, 1e-10),
    ('tv_volume', 'restoration.denoise_tv_chambolle', 'skr.denoise_tv_chambolle(a0,weight=0.05,max_num_iter=20)', [volume], 1e-8, 1e-10),
] + [
    (name, 'color.convert', f'skc.{name}(a0)', [floats], 1e-8, 1e-10)
    for name in ('rgb2hsv', 'hsv2rgb', 'rgb2xyz', 'xyz2rgb', 'rgb2lab', 'rgb2yuv', 'yuv2rgb', 'rgb2ycbcr', 'rgb2hed', 'rgb2ydbdr')
] + [
    ('rgb2lab_u8', 'color.convert', 'skc.rgb2lab(a0)', [colours], 1e-8, 1e-10),
    ('lab2rgb', 'color.convert', 'skc.lab2rgb(a0)', [skc.rgb2lab(floats)], 1e-8, 1e-10),
    ('hed2rgb', 'color.convert', 'skc.hed2rgb(a0)', [skc.rgb2hed(floats)], 1e-8, 1e-10),
    ('gray_f64', 'color.rgb2gray', 'skc.rgb2gray(a0)', [floats], 1e-12, 1e-14),
    ('gray_u8', 'color.rgb2gray', 'skc.rgb2gray(a0)', [colours], 1e-12, 1e-14),
    ('gray2rgb', 'color.gray2rgb', 'skc.gray2rgb(a0)', [byte[:4, :5]], 0, 0),
    ('rgba2rgb', 'color.rgba2rgb', 'skc.rgba2rgb(a0)', [rng.random((3, 4, 4))], 1e-12, 1e-14),
    ('as_float_u8', 'util.img_as_float', 'sku.img_as_float(a0)', [byte[:4, :5]], 1e-14, 0),
    ('as_float_i16', 'util.img_as_float', 'sku.img_as_float(a0)', [(word[:4, :5].astype(np.int32) - 2000).astype(np.int16)], 1e-14, 0),
    ('mse', 'metrics.mean_squared_error', 'skx.mean_squared_error(a0,a1)', [unit, noisy], 1e-11, 0),
    ('nrmse', 'metrics.normalized_root_mse', 'skx.normalized_root_mse(a0,a1)', [unit, noisy], 1e-11, 0),
    ('nrmse_minmax', 'metrics.normalized_root_mse', "skx.normalized_root_mse(a0,a1,normalization='min-max')", [unit, noisy], 1e-11, 0),
    ('psnr_f64', 'metrics.peak_signal_noise_ratio', 'skx.peak_signal_noise_ratio(a0,a1,data_range=1)', [unit, noisy], 1e-11, 0),
    ('psnr_u8', 'metrics.peak_signal_noise_ratio', 'skx.peak_signal_noise_ratio(a0,a1)', [byte, byte // 2], 1e-11, 0),
    ('ssim_f64', 'metrics.structural_similarity', 'skx.structural_similarity(a0,a1,data_range=1)', [unit, noisy], 1e-9, 0),
    ('ssim_u8', 'metrics.structural_similarity', 'skx.structural_similarity(a0,a1)', [byte, byte // 2], 1e-9, 0),
    ('ssim_gauss', 'metrics.structural_similarity',
     'skx.structural_similarity(a0,a1,data_range=1,gaussian_weights=True,sigma=1.5,use_sample_covariance=False)', [unit, noisy], 1e-9, 0),
    ('phase', 'registration.phase_cross_correlation', 'skg.phase_cross_correlation(a0,a1)', [unit, np.roll(unit, (3, -2), (0, 1))], 1e-6, 1e-6),
    ('phase_up', 'registration.phase_cross_correlation', 'skg.phase_cross_correlation(a0,a1,upsample_factor=10)',
     [unit, ndi.shift(unit, (1.3, -0.7), mode='wrap')], 1e-3, 1e-3),
    ('moments', 'measure.moments', 'skm.moments(a0)', [unit], 1e-10, 1e-12),
    ('moments_central', 'measure.moments_central', 'skm.moments_central(a0)', [unit], 1e-8, 1e-9),
] + [
    (f'{name}_disk', f'morphology.{name}', f'skmo.{name}(a0,skmo.disk(2))', [word], 0, 0)
    for name in ('erosion', 'dilation', 'closing', 'white_tophat', 'black_tophat')
] + [
    ('h_maxima', 'morphology.h_maxima', 'skmo.h_maxima(a0,40)', [byte], 0, 0),
    ('h_minima', 'morphology.h_minima', 'skmo.h_minima(a0,40)', [byte], 0, 0),
    ('local_minima', 'morphology.local_minima', 'skmo.local_minima(a0)', [byte], 0, 0),
    ('thin', 'morphology.thin', 'skmo.thin(a0)', [mask], 0, 0),
    ('small_holes', 'morphology.remove_small_holes', 'skmo.remove_small_holes(a0,max_size=6)', [~mask], 0, 0),
    ('ball2', 'morphology.ball', 'skmo.ball(2)', [], 0, 0),
    ('diamond3', 'morphology.diamond', 'skmo.diamond(3)', [], 0, 0),
    ('octahedron2', 'morphology.octahedron', 'skmo.octahedron(2)', [], 0, 0),
    ('hit_or_miss', 'ndimage.binary_hit_or_miss', 'ndi.binary_hit_or_miss(a0,structure1=a1,structure2=a2)', [mask, corner, outside], 0, 0),
    ('structure', 'ndimage.generate_binary_structure', 'ndi.generate_binary_structure(3,2)', [], 0, 0),
    ('iterated', 'ndimage.iterate_structure', 'ndi.iterate_structure(a0,3)', [cross], 0, 0),
    ('grey_opening', 'ndimage.grey_opening', 'ndi.grey_opening(a0,size=(3,5))', [word], 0, 0),
    ('grey_closing', 'ndimage.grey_closing', "ndi.grey_closing(a0,size=(3,3),mode='wrap')", [word], 0, 0),
    ('gradient', 'ndimage.morphological_gradient', 'ndi.morphological_gradient(a0,size=(3,3))', [word], 0, 0),
    ('morphological_laplace', 'ndimage.morphological_laplace', 'ndi.morphological_laplace(a0,size=(3,3))', [unit], 1e-12, 1e-13),
] + [
    (f'nd_{name}', f'ndimage.{name}', f'ndi.{name}(a0,a1,np.arange(1,3))', [values, labels], 1e-11, 1e-13)
    for name in ('minimum', 'maximum', 'standard_deviation', 'variance', 'minimum_position')
] + [
    ('pyramid_reduce', 'transform.pyramid_reduce', 'skt.pyramid_reduce(a0)', [unit], 1e-8, 1e-10),
    ('pyramid_expand', 'transform.pyramid_expand', 'skt.pyramid_expand(a0)', [unit[:6, :7]], 1e-8, 1e-10),
    ('rescale', 'transform.rescale', 'skt.rescale(a0,0.5,anti_aliasing=True)', [unit], 1e-8, 1e-10),
]


def number(value, kind):
    if kind in 'iub':
        return int(value)
    value = float(value)
    if np.isnan(value):
        return 'nan'
    if np.isinf(value):
        return 'inf' if value > 0 else '-inf'
    return '-0.0' if value == 0 and np.signbit(value) else value


def vector(value):
    if isinstance(value, (tuple, list)):
        # A list of places is one array for each.
        return {'list': [vector(x) for x in value]}
    a = np.asarray(value)
    # The shortest digits of a float32 are those of its own type.
    data = [number(np.float64(str(x)) if a.dtype == np.float32 else x, a.dtype.kind) for x in a.ravel()]
    return {'dtype': str(a.dtype), 'shape': list(a.shape), 'data': data}


def main():
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else 'Tests/Vectors/ndarray/imaging.json')
    cases = []
    for name, operation, python, inputs, relative, absolute in CASES:
        scope = {f'a{i}': a.copy() for i, a in enumerate(inputs)}
        expected = eval(python, globals(), scope)
        cases.append({'id': f'imaging/{name}', 'op': operation, 'params': PARAMETERS.get(name, {}), 'python': python,
                      'inputs': [vector(a) for a in inputs], 'expect': vector(expected),
                      'rtol': float(relative), 'atol': float(absolute)})
    # A case in a line, as in the other groups.
    text = ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases)
    part = path.with_suffix('.part')
    part.write_text(f'{{"format":1,"group":"imaging","cases":[\n{text}\n]}}\n')
    part.replace(path)
    print(f'{len(cases)} cases in {path}')


main()
